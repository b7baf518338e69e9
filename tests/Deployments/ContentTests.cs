using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Deployments;

/// <summary>The double of the content store.</summary>
public sealed class ContentInMemory : ContentStoreContract
{
    private InMemoryContentStore? store;

    /// <inheritdoc/>
    protected override IContentStore Store => store ??= new(Clock);
}

public sealed class ContentTests
{
    /// <summary>Of the three files below, on any machine, in any year.</summary>
    private const string KnownBundle = "91d86663e4fef77530461d4c466d265400fcf28c3b8e1b9a36501c1701250f9c";
    private static readonly TestClock Clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_bundle_of_the_same_files_is_the_same_to_the_last_byte()
    {
        var files = new Dictionary<string, byte[]> { ["toolbox.yml"] = "version: 1"u8.ToArray(), ["places/lobby"] = [.. Enumerable.Range(0, 100_000).Select(n => (byte)(n * n))], ["assets/ä"] = [] };
        var bundle = Bundle.Write(files);

        Assert.Equal(bundle, Bundle.Write(files.Reverse().ToDictionary(file => file.Key, file => file.Value)));
        Assert.Equal(KnownBundle, ContentHash.Of(bundle));
        using var tar = new TarReader(new GZipStream(new MemoryStream(bundle), CompressionMode.Decompress));
        var names = new List<string>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using var read = new MemoryStream();
            entry.DataStream?.CopyTo(read);
            Assert.Equal(files[entry.Name], read.ToArray());
            Assert.Equal((DateTimeOffset.UnixEpoch, 0, 0), (entry.ModificationTime, entry.Uid, entry.Gid));
            names.Add(entry.Name);
        }

        Assert.Equal(["assets/ä", "places/lobby", "toolbox.yml"], names);
    }

    [Fact]
    public async Task Retention_never_takes_what_a_version_a_plan_or_a_run_needs_and_takes_the_rest_in_time()
    {
        var units = new InMemoryDatabase(ProductDatabase.Demo);
        var stores = new DeploymentStores(new InMemoryDeployments(), new InMemoryExperiences(), new InMemoryReleases());
        var content = new InMemoryContentStore(Clock);
        var retention = new DeploymentRetention(units, stores, content, Clock);
        async Task<string> Put(string text) => await content.Put(ProductDatabase.Demo, Encoding.UTF8.GetBytes(text), Ct);
        var now = Clock.GetUtcNow();
        var (version, waiting, failed, over, planned, idle) = (await Put("version"), await Put("waiting"), await Put("failed"), await Put("over"), await Put("planned"), await Put("idle"));
        await using (var work = await units.Begin(ProductDatabase.Demo, Ct))
        {
            await stores.Releases.Add(work, StoredDeployments.Version("1.0.0", now) with { Places = new Dictionary<string, string> { ["lobby"] = version }, BundleSha256 = version }, Ct);
            await stores.Deployments.Add(work, StoredDeployments.Deployment("dep_1", waiting, now, DeploymentStatus.AwaitingApproval), Ct);
            await stores.Deployments.Add(work, StoredDeployments.Deployment("dep_2", over, now, DeploymentStatus.Rejected), Ct);
            await stores.Deployments.Add(work, StoredDeployments.Deployment("dep_3", failed, now.AddDays(15), DeploymentStatus.DeadLettered), Ct);
            await stores.Deployments.AddPlan(work, StoredDeployments.Plan("plan", planned, now.AddDays(28)), Ct);
            await stores.Deployments.AddPlan(work, StoredDeployments.Plan("old", over, now), Ct);
            await stores.Experiences.TryBegin(work, new("call", "a/production", 1, true, now), Ct);
            await work.Commit(Ct);
        }

        Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(new ForgottenDeployments(1, 1, 0), await retention.Run(ProductDatabase.Demo, Ct));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(new ForgottenDeployments(0, 0, 2), await retention.Run(ProductDatabase.Demo, Ct));
        foreach (var (sha256, stays) in (IEnumerable<(string, bool)>)[(version, true), (waiting, true), (failed, true), (planned, true), (over, false), (idle, false)])
        {
            Assert.Equal(stays, await content.Size(ProductDatabase.Demo, sha256, Ct) is not null);
        }

        Clock.Advance(TimeSpan.FromDays(300));
        Assert.Equal(new ForgottenDeployments(0, 1, 2), await retention.Run(ProductDatabase.Demo, Ct));
        Assert.NotNull(await content.Size(ProductDatabase.Demo, version, Ct));
        Assert.NotNull(await content.Size(ProductDatabase.Demo, waiting, Ct));
    }
}
