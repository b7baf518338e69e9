using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Files are refused by their size before a byte of them is read.</summary>
public sealed class ReleaseLimitsTests
{
    private static readonly TestClock Clock = new();
    private static readonly TestStudio Studio = new("limits", 100, 200, "none");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("places/lobby.rbxlx", 128L << 20, null)]
    [InlineData("places/lobby.rbxlx", (128L << 20) + 1, "places/lobby.rbxlx has 134,217,729 bytes; a Place may have 134,217,728.")]
    [InlineData("assets/chest.rbxmx", 20_000_001, "assets/chest.rbxmx has 20,000,001 bytes; a Model may have 20,000,000.")]
    [InlineData("smoke.luau", (4L << 20) + 1, "smoke.luau has 4,194,305 bytes; a Script may have 4,194,304.")]
    public async Task A_file_that_is_too_large_is_refused_at_the_plan_and_by_the_run_s_first_step(string file, long bytes, string? expected)
    {
        var store = new SaidSizes();
        var request = await store.Upload(Studio.Release(1), new() { [file] = bytes });
        var (draft, refusal) = await Planner(store).Read(ProductDatabase.Demo, request, Ct);
        Assert.Equal(expected, refusal?.Message);
        Assert.Equal(expected is null ? null : "files_too_large", refusal?.Code);
        Assert.Equal(expected is null, draft is not null);

        var prepared = await new ValidateRelease(store).Run(Started(request, file, bytes), Ct);
        Assert.Equal(expected?[expected.IndexOf(" has", StringComparison.Ordinal)..], prepared.Failure?[prepared.Failure.IndexOf(" has", StringComparison.Ordinal)..]);
        Assert.Equal(0, store.Reads);
    }

    [Fact]
    public async Task Files_that_are_too_large_together_are_refused_and_one_that_is_named_twice_counts_once()
    {
        var store = new SaidSizes();
        var release = Studio.Release(1);
        var request = await store.Upload(release, new() { ["places/lobby.rbxlx"] = 100 << 20, ["places/arena.rbxlx"] = 128 << 20, ["assets/chest.rbxmx"] = 20_000_000, ["assets/wave.rbxmx"] = 20_000_000 });
        var (_, refusal) = await Planner(store).Read(ProductDatabase.Demo, request, Ct);
        Assert.StartsWith("The release's files have 279,075,", refusal?.Message, StringComparison.Ordinal);
        Assert.Contains("together; a release may have 268,435,456.", refusal?.Message, StringComparison.Ordinal);

        var twice = new Dictionary<string, string>(request.Files) { ["assets/wave.rbxmx"] = request.Files["assets/chest.rbxmx"] };
        Assert.Null((await Planner(store).Read(ProductDatabase.Demo, request with { Files = twice }, Ct)).Refusal);
        Assert.Equal(0, store.Reads);
    }

    private static Planner Planner(IContentStore content) => new(
        new InMemoryDatabase(ProductDatabase.Demo), new InMemoryExperiences(), new InMemoryReleases(), new InMemoryDeployments(), content, Clock);

    /// <summary>A run of a release whose one file is the one that is looked at.</summary>
    private static PrepareReleaseInput Started(PlanRequest request, string file, long bytes)
    {
        var deployment = StoredDeployments.Deployment("dep_1", "b1", Clock.GetUtcNow(), DeploymentStatus.Running);
        var (sha256, script) = (request.Files[file], request.Files["smoke.luau"]);
        var asset = deployment.Start.Release!.Assets[0] with { Sha256 = sha256 };
        var release = deployment.Start.Release with
        {
            Places = file.StartsWith("places/", StringComparison.Ordinal) ? [new("lobby", sha256)] : [],
            Assets = file.StartsWith("assets/", StringComparison.Ordinal) ? [asset] : [],
            SmokeSha256 = script,
        };
        return new(deployment.Start with { Tenant = ProductDatabase.Demo, Release = release }, deployment.State);
    }

    /// <summary>A store whose contents are as large as it says; it counts what is read.</summary>
    private sealed class SaidSizes : IContentStore
    {
        private readonly InMemoryContentStore real = new(Clock);
        private readonly Dictionary<string, long> said = [];

        public int Reads { get; private set; }

        public async Task<PlanRequest> Upload(TestRelease release, Dictionary<string, long> sizes)
        {
            var files = new Dictionary<string, string>();
            foreach (var (name, content) in release.Files)
            {
                files[name] = await real.Put(ProductDatabase.Demo, content, Ct);
                said[files[name]] = sizes.GetValueOrDefault(name, content.Length);
            }

            return new(release.Manifest, files);
        }

        public async Task<long?> Size(TenantId tenant, string sha256, CancellationToken ct) =>
            await real.Size(tenant, sha256, ct) is null ? null : said[sha256];

        public async Task<long?> Keep(TenantId tenant, string sha256, CancellationToken ct) =>
            await real.Keep(tenant, sha256, ct) is null ? null : said[sha256];

        public async Task<byte[]> Read(TenantId tenant, string sha256, CancellationToken ct)
        {
            Reads++;
            return await real.Read(tenant, sha256, ct);
        }

        public Task<IReadOnlyList<int>> Chunks(TenantId tenant, string sha256, CancellationToken ct) => real.Chunks(tenant, sha256, ct);

        public Task PutChunk(TenantId tenant, string sha256, int number, ReadOnlyMemory<byte> chunk, CancellationToken ct) => real.PutChunk(tenant, sha256, number, chunk, ct);

        public Task<bool> Complete(TenantId tenant, string sha256, int count, CancellationToken ct) => real.Complete(tenant, sha256, count, ct);

        public Task<string> Put(TenantId tenant, ReadOnlyMemory<byte> content, CancellationToken ct) => real.Put(tenant, content, ct);

        public Task<int> DeleteUnused(TenantId tenant, IReadOnlySet<string> used, DateTimeOffset storedBefore, CancellationToken ct) =>
            real.DeleteUnused(tenant, used, storedBefore, ct);
    }
}
