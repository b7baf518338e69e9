using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Data;

public sealed class IdsTests
{
    [Fact]
    public void Ids_sort_by_the_time_of_their_making()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 1000).Select(i => Ids.New("dep", start.AddMilliseconds(i * 997L * 1000))).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^dep_[0-9a-hjkmnp-tv-z]{26}$", id));
        Assert.Equal(1000, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_of_one_moment_differ()
    {
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => Ids.New("dep", DateTimeOffset.UnixEpoch)).Distinct().Count());
    }
}
