using System.Globalization;
using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation;

/// <summary>The scenarios on PostgreSQL, beside the campaigns in memory. <c>TOOLBOX_HISTORIES</c> says how many; the test run is content with twenty.</summary>
public sealed class PostgresTests
{
    /// <summary>The stores are the real ones, and processes die in the units of work that commit.</summary>
    [Fact]
    public async Task Histories_on_PostgreSQL_come_to_the_right_end()
    {
        var seeds = int.Parse(Environment.GetEnvironmentVariable("TOOLBOX_HISTORIES") ?? "20", CultureInfo.InvariantCulture);
        await using var database = await ProductDatabase.CreateAsync();
        for (var seed = 1; seed <= seeds; seed++)
        {
            await database.ClearAsync();
            var outcome = await DunningScenario.Run(seed, Stores.Postgres(database), Plants.None, null);
            Assert.True(outcome.Broken.Count == 0, $"Seed {seed} on PostgreSQL: {string.Join(Environment.NewLine, outcome.Broken)}");
        }
    }
}
