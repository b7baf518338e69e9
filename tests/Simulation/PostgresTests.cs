using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation;

/// <summary>The scenarios on PostgreSQL, beside the campaigns in memory.</summary>
public sealed class PostgresTests
{
    /// <summary>The stores are the real ones, and processes die in the units of work that commit.</summary>
    [Fact]
    public async Task Fifty_histories_on_PostgreSQL_come_to_the_right_end()
    {
        await using var database = await ProductDatabase.CreateAsync();
        for (var seed = 1; seed <= 50; seed++)
        {
            await database.ClearAsync();
            var outcome = await DunningScenario.Run(seed, Stores.Postgres(database), Plants.None, null);
            Assert.True(outcome.Broken.Count == 0, $"Seed {seed} on PostgreSQL: {string.Join(Environment.NewLine, outcome.Broken)}");
        }
    }
}
