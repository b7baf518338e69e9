using System.Globalization;
using System.Text.Json.Nodes;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployments;

/// <summary>An application with what the tests of deployments ask of it and of the simulated Roblox.</summary>
public sealed class DeploymentApplication : ApplicationOnServices
{
    /// <summary>Who deploys.</summary>
    public const string Developer = "tbx_local_development_key";

    /// <summary>Who approves.</summary>
    public const string Approver = "tbx_local_approver_key";

    private const string Deployments = "/api/v1/deployments";
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(5);
    private static int universes;

    /// <summary>Two universes that no other test uses, staging and production, each with two places, and servers with players in production.</summary>
    public async Task<TestStudio> Studio(string experience, string approval = "none")
    {
        var first = 500_000 + (Interlocked.Increment(ref universes) * 100);
        foreach (var (universe, servers) in new[] { (first, 0), (first + 50, 2) })
        {
            var made = new { universeId = universe, owner = "user_1001", placeIds = new[] { universe + 1, universe + 2 }, servers, players = 10 };
            await Call(HttpMethod.Post, "/local/roblox/experiences", made);
        }

        return new(experience, first, first + 50, approval);
    }

    /// <summary>Uploads a release's files and plans.</summary>
    public async Task<JsonNode> Plan(TestRelease release, string environment = "production")
    {
        foreach (var content in release.Files.Values)
        {
            await Upload(content);
        }

        return (await Call(HttpMethod.Post, $"{Deployments}/plan", release.PlanRequest(environment)))!;
    }

    /// <summary>Uploads one chunk's content.</summary>
    public async Task<string> Upload(byte[] content, string key = Developer)
    {
        var sha256 = TestRelease.Hash(content);
        using (var answer = await PutChunk(sha256, 0, content, sha256, key))
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        await Call(HttpMethod.Post, $"/api/v1/deployment-contents/{sha256}", new { chunks = 1 }, key);
        return sha256;
    }

    /// <summary>Sends a chunk.</summary>
    public async Task<HttpResponseMessage> PutChunk(string sha256, int number, byte[] chunk, string chunkSha256, string key = Developer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"/api/v1/deployment-contents/{sha256}/chunks/{number}"))
        {
            Content = new ByteArrayContent(chunk) { Headers = { ContentType = new("application/octet-stream") } },
        };
        request.Headers.Add("X-Api-Key", key);
        request.Headers.Add("X-Chunk-SHA256", chunkSha256);
        return await Http.SendAsync(request);
    }

    /// <summary>Plans and starts; the deployment's id.</summary>
    public async Task<string> Deploy(TestRelease release)
    {
        var plan = await Plan(release);
        var started = await Call(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] });
        return (string)started!["id"]!;
    }

    /// <summary>A deployment.</summary>
    public async Task<JsonNode> Deployment(string id) => (await Call(HttpMethod.Get, $"{Deployments}/{id}"))!;

    /// <summary>What is live.</summary>
    public async Task<JsonNode> Live(string experience) => (await Call(HttpMethod.Get, $"/api/v1/experiences/{experience}"))!;

    /// <summary>Moves the clock until a deployment has a status; the deployment then.</summary>
    public async Task<JsonNode> UntilStatus(string id, string status)
    {
        JsonNode? deployment = null;
        await Until(
            async () =>
            {
                deployment = await Deployment(id);
                if ((string?)deployment["status"] == status)
                {
                    return true;
                }

                await Advance("PT20S");
                return false;
            },
            EndLimit,
            () => $"{id} does not become {status}: {deployment}");
        return deployment!;
    }

    /// <summary>Moves the clock until a deployment's timeline has a line.</summary>
    public Task UntilTimeline(string id, string message) => Until(
        async () =>
        {
            if ((await Deployment(id))["timeline"]!.AsArray().Any(line => (string?)line!["message"] == message))
            {
                return true;
            }

            await Advance("PT1S");
            return false;
        },
        EndLimit,
        () => $"{id} never says: {message}");

    /// <summary>What players see of a universe, and what its owner has.</summary>
    public async Task<JsonNode> Players(long universe) =>
        (await Call(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/local/roblox/experiences/{universe}")))!;

    /// <summary>Somebody publishes a place from Studio: past us, with the owner's own rights.</summary>
    public async Task EditInStudio(long universe, long place)
    {
        var address = (await Application.ServicesAsync()).Single(service => service.Name == "roblox").Address!;
        using var request = new HttpRequestMessage(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{address}/universes/v1/{universe}/places/{place}/versions?versionType=Published"))
        {
            Content = new StringContent("<roblox version=\"4\"></roblox>"),
        };
        request.Headers.Add("x-api-key", "rbx_local_user_1001_studio");
        using var answer = await Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Makes the next calls of a kind go wrong.</summary>
    public Task Fault(string request, string fault, int times = 1, object? value = null) =>
        Call(HttpMethod.Post, "/local/faults", new { service = "roblox", request, fault, times, value });

    /// <summary>Calls, and checks the problem that comes.</summary>
    public async Task Refused(HttpMethod method, string path, object? body, int status, string code, string? key = Developer)
    {
        using var answer = await Send(method, path, body, key);
        var text = await answer.Content.ReadAsStringAsync();
        var problem = text.StartsWith('{') ? JsonNode.Parse(text) : null;
        Assert.True((status, code) == ((int)answer.StatusCode, (string?)problem?["code"]), $"{method} {path}: {(int)answer.StatusCode} {text}");
    }
}

/// <summary>The tests of deployments that share an application, one after the other.</summary>
[CollectionDefinition("deployment application")]
public sealed class DeploymentApplicationCollection : ICollectionFixture<DeploymentApplication>;
