using System.Collections.Concurrent;
using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation;

public sealed class DunningSimulationTests
{
    private const int Seeds = 2_000;

    [Fact]
    public async Task Two_thousand_stormy_histories_all_come_to_the_right_end()
    {
        var failed = new ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(1, Seeds), TestContext.Current.CancellationToken, async (seed, _) =>
        {
            if ((await DunningScenario.Run(seed, Stores.Memory(), Plants.None)).Count > 0)
            {
                failed.Add(seed);
            }
        });

        if (!failed.IsEmpty)
        {
            Assert.Fail(await Report(failed.Min()));
        }
    }

    [Theory]
    [InlineData(5)]             // an orchestrator that awaited something that was not durable
    [InlineData(1859)]          // a signal taken and forgotten when the run continued as new
    [InlineData(233)]           // an event whose message failed ten times
    public async Task A_seed_that_failed_once_is_kept(int seed)
    {
        if ((await DunningScenario.Run(seed, Stores.Memory(), Plants.None)).Count > 0)
        {
            Assert.Fail(await Report(seed));
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_history_to_the_last_line()
    {
        foreach (var seed in (int[])[3, 4, 8, 15])
        {
            var first = await TraceOf(seed);
            Assert.True(first.Count > 100);
            Assert.Equal(first, await TraceOf(seed));
        }
    }

    [Fact]
    public async Task Different_seeds_give_different_histories() => Assert.NotEqual(await TraceOf(3), await TraceOf(4));

    /// <summary>The stores are the real ones, and processes die in the units of work that commit.</summary>
    [Fact]
    public async Task Fifty_histories_on_PostgreSQL_come_to_the_right_end()
    {
        await using var database = await ProductDatabase.CreateAsync();
        for (var seed = 1; seed <= 50; seed++)
        {
            await database.ClearAsync();
            var broken = await DunningScenario.Run(seed, Stores.Postgres(database), Plants.None);
            Assert.True(broken.Count == 0, $"Seed {seed} on PostgreSQL: {string.Join(Environment.NewLine, broken)}");
        }
    }

    private static async Task<List<string>> TraceOf(int seed)
    {
        var lines = new List<string>();
        await DunningScenario.Run(seed, Stores.Memory(), Plants.None, lines.Add);
        return lines;
    }

    private static async Task<string> Report(int seed)
    {
        var lines = new List<string>();
        var broken = await DunningScenario.Run(seed, Stores.Memory(), Plants.None, lines.Add);
        return string.Join(Environment.NewLine, [$"Seed {seed} fails:", .. broken, "Its trace:", .. lines]);
    }
}
