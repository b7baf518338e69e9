using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Tenants;
using Xunit;

namespace ToolboxAI.Tests.Support.Deployments;

/// <summary>What every store of content does; held by the blob storage and the double in memory.</summary>
public abstract class ContentStoreContract
{
    private readonly TenantId tenant = new($"t{Guid.NewGuid().ToString("N")[..20]}");
    private readonly TenantId other = new($"o{Guid.NewGuid().ToString("N")[..20]}");
    private readonly byte[] content = [.. Enumerable.Range(0, 3000).Select(n => (byte)(n * 7))];

    /// <summary>The store; the same one throughout a test.</summary>
    protected abstract IContentStore Store { get; }

    /// <summary>The store's clock.</summary>
    protected TestClock Clock { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Sha256 => ContentHash.Of(content);

    [Fact]
    public async Task Content_is_there_for_its_tenant_alone_once_it_was_put()
    {
        Assert.Null(await Store.Size(tenant, Sha256, Ct));
        await Assert.ThrowsAsync<ContentMissingException>(() => Store.Read(tenant, Sha256, Ct));

        Assert.Equal(Sha256, await Store.Put(tenant, content, Ct));
        Assert.Equal(Sha256, await Store.Put(tenant, content, Ct));

        Assert.Equal(content.Length, await Store.Size(tenant, Sha256, Ct));
        Assert.Equal(content, await Store.Read(tenant, Sha256, Ct));
        Assert.Null(await Store.Size(other, Sha256, Ct));
        await Assert.ThrowsAsync<ContentMissingException>(() => Store.Read(other, Sha256, Ct));
    }

    [Fact]
    public async Task Chunks_come_in_any_order_and_over_any_time()
    {
        Assert.Empty(await Store.Chunks(tenant, Sha256, Ct));
        await Store.PutChunk(tenant, Sha256, 2, content.AsMemory(2000), Ct);
        await Store.PutChunk(tenant, Sha256, 0, content.AsMemory(0, 1000), Ct);
        Assert.Equal([0, 2], await Store.Chunks(tenant, Sha256, Ct));
        Assert.Null(await Store.Size(tenant, Sha256, Ct));

        await Store.PutChunk(tenant, Sha256, 1, content.AsMemory(1000, 1000), Ct);
        await Store.PutChunk(tenant, Sha256, 0, content.AsMemory(0, 1000), Ct);
        Assert.True(await Store.Complete(tenant, Sha256, 3, Ct));

        Assert.Equal(content, await Store.Read(tenant, Sha256, Ct));
        Assert.Empty(await Store.Chunks(tenant, Sha256, Ct));
        Assert.True(await Store.Complete(tenant, Sha256, 3, Ct));
    }

    [Fact]
    public async Task What_many_upload_at_once_is_there_for_each_of_them()
    {
        for (var round = 0; round < 5; round++)
        {
            byte[] same = [(byte)round, .. content];
            var sha256 = ContentHash.Of(same);
            var uploads = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                await Store.PutChunk(tenant, sha256, 1, same.AsMemory(1000), Ct);
                await Store.PutChunk(tenant, sha256, 0, same.AsMemory(0, 1000), Ct);
                return await Store.Complete(tenant, sha256, 2, Ct);
            }));

            Assert.DoesNotContain(false, uploads);
            Assert.Equal(same, await Store.Read(tenant, sha256, Ct));
        }
    }

    [Fact]
    public async Task What_is_not_whole_or_another_file_is_never_there()
    {
        await Store.PutChunk(tenant, Sha256, 0, content.AsMemory(0, 1000), Ct);
        Assert.False(await Store.Complete(tenant, Sha256, 2, Ct));
        await Store.PutChunk(tenant, Sha256, 0, content.AsMemory(0, 1000), Ct);
        await Store.PutChunk(tenant, Sha256, 1, content.AsMemory(0, 1000), Ct);
        Assert.False(await Store.Complete(tenant, Sha256, 2, Ct));
        Assert.Null(await Store.Size(tenant, Sha256, Ct));
        Assert.False(await Store.Complete(other, Sha256, 1, Ct));
    }

    [Fact]
    public async Task Content_that_is_named_or_young_or_was_asked_for_stays_and_the_rest_goes()
    {
        var named = await Store.Put(tenant, "named"u8.ToArray(), Ct);
        var idle = await Store.Put(tenant, "idle"u8.ToArray(), Ct);
        var kept = await Store.Put(tenant, "kept"u8.ToArray(), Ct);
        var foreign = await Store.Put(other, "idle"u8.ToArray(), Ct);
        Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal("kept".Length, await Store.Keep(tenant, kept, Ct));
        Assert.Null(await Store.Keep(tenant, Sha256, Ct));
        var young = await Store.Put(tenant, "young"u8.ToArray(), Ct);
        Clock.Advance(TimeSpan.FromDays(20));
        var before = Clock.GetUtcNow() - TimeSpan.FromDays(30);

        Assert.Equal(1, await Store.DeleteUnused(tenant, new HashSet<string> { named }, before, Ct));

        Assert.Null(await Store.Size(tenant, idle, Ct));
        foreach (var sha256 in (string[])[named, kept, young])
        {
            Assert.NotNull(await Store.Size(tenant, sha256, Ct));
        }

        Assert.NotNull(await Store.Size(other, foreign, Ct));
    }
}
