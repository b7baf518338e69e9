using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.KeyVault;

/// <summary>The wire: the challenge, the errors, and every answer against the official description.</summary>
public sealed class VaultProtocolTests(SimulatedVault vault) : IClassFixture<SimulatedVault>
{
    private const string Version = "?api-version=2025-07-01";
    private readonly string name = $"wire-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_without_a_token_is_told_where_to_get_one()
    {
        using var http = vault.Http();
        using var answer = await http.GetAsync($"/secrets{Version}", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Contains("resource=\"https://vault.azure.net\"", answer.Headers.WwwAuthenticate.Single().Parameter);
        Assert.Equal("Unauthorized", (await Error(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_token_of_another_audience_or_hand_is_refused_and_so_is_a_caller_without_the_header()
    {
        using var http = vault.Http();
        foreach (var token in new[] { await vault.Token("https://storage.azure.com", Ct), "e30.forged", "none" })
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var answer = await http.GetAsync($"/secrets{Version}", Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        using var refused = await http.GetAsync($"{vault.Settings["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=https://vault.azure.net", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/secrets", null, 400, "BadParameter")]
    [InlineData("GET", "/secrets?api-version=1", null, 400, "BadParameter")]
    [InlineData("GET", "/secrets?api-version=7.4&maxresults=26", null, 400, "BadParameter")]
    [InlineData("GET", "/secrets/none?api-version=7.4", null, 404, "SecretNotFound")]
    [InlineData("GET", "/secrets/none/versions?api-version=7.4", null, 404, "SecretNotFound")]
    [InlineData("PUT", "/secrets/under_score?api-version=7.4", """{"value":"x"}""", 400, "BadParameter")]
    [InlineData("PUT", "/secrets/x?api-version=7.4", "{}", 400, "BadParameter")]
    [InlineData("PUT", "/secrets/x?api-version=7.4", "{", 400, "BadParameter")]
    [InlineData("PUT", "/secrets/x?api-version=7.4", """{"value":"x","attributes":{"nbf":2,"exp":1}}""", 400, "BadParameter")]
    [InlineData("DELETE", "/deletedsecrets/none?api-version=7.4", null, 404, "SecretNotFound")]
    [InlineData("POST", "/secrets/restore?api-version=7.4", """{"value":"!"}""", 400, "BadParameter")]
    [InlineData("POST", "/elsewhere?api-version=7.4", null, 404, "NotFound")]
    public async Task What_is_wrong_is_answered_in_the_service_s_form(string method, string path, string? body, int status, string code)
    {
        using var http = await vault.Authorized(Ct);
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : new StringContent(body, null, "application/json") };
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (await Error(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_value_of_more_than_25_KB_is_refused()
    {
        using var http = await vault.Authorized(Ct);
        using var fits = await http.PutAsJsonAsync($"/secrets/{name}{Version}", new { value = new string('x', 25 * 1024) }, Ct);
        using var tooLong = await http.PutAsJsonAsync($"/secrets/{name}{Version}", new { value = new string('x', (25 * 1024) + 1) }, Ct);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (fits.StatusCode, tooLong.StatusCode));
    }

    [Fact]
    public async Task Every_answer_has_the_form_that_the_description_says()
    {
        Assert.SkipWhen(Repository.Contracts is null, "../shared is absent.");
        var description = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Contracts!, "azure-key-vault", "secrets-2025-07-01.compact.json"), Ct))!;
        using var http = await vault.Authorized(Ct);
        var set = await Valid("/secrets/{name}", "put", HttpMethod.Put, $"/secrets/{name}",
            """{"value":"one","contentType":"text/plain","tags":{"a":"b"},"attributes":{"enabled":true,"nbf":1,"exp":4000000000}}""");
        var version = set.GetProperty("id").GetString()!.Split('/')[^1];
        await Valid("/secrets/{name}/{version}", "get", HttpMethod.Get, $"/secrets/{name}/{version}");
        await Valid("/secrets/{name}/{version}", "patch", HttpMethod.Patch, $"/secrets/{name}/{version}", """{"tags":{"c":"d"}}""");
        await Valid("/secrets/{name}/versions", "get", HttpMethod.Get, $"/secrets/{name}/versions");
        await Valid("/secrets", "get", HttpMethod.Get, "/secrets");
        await Valid("/secrets/{name}/backup", "post", HttpMethod.Post, $"/secrets/{name}/backup");
        await Valid("/secrets/{name}", "delete", HttpMethod.Delete, $"/secrets/{name}");
        await Valid("/deletedsecrets", "get", HttpMethod.Get, "/deletedsecrets");
        await Valid("/deletedsecrets/{name}", "get", HttpMethod.Get, $"/deletedsecrets/{name}");
        await Valid("/deletedsecrets/{name}/recover", "post", HttpMethod.Post, $"/deletedsecrets/{name}/recover");

        async Task<JsonElement> Valid(string path, string operation, HttpMethod method, string address, string? body = null)
        {
            using var request = new HttpRequestMessage(method, address + Version) { Content = body is null ? null : new StringContent(body, null, "application/json") };
            using var answer = await http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
            VaultDescription.Validate(description, path, operation, json);
            return json;
        }
    }

    private static async Task<JsonElement> Error(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("error");
}

/// <summary>The limit of calls, on a simulator of its own.</summary>
public sealed class VaultThrottleTests
{
    [Fact]
    public async Task Beyond_the_limit_of_calls_it_is_429_with_the_time_to_wait()
    {
        await using var vault = new SimulatedVault();
        await vault.InitializeAsync();
        await vault.RestartAsync(callsInTenSeconds: 5);
        using var http = await vault.Authorized(TestContext.Current.CancellationToken);
        var statuses = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await http.GetAsync("/secrets/seeded?api-version=7.4", TestContext.Current.CancellationToken);
            statuses.Add((int)answer.StatusCode);
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests, answer.Headers.RetryAfter is not null);
        }

        Assert.Equal([200, 200, 200, 200, 200, 429, 429, 429], statuses);
    }
}
