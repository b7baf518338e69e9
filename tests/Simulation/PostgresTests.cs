using System.Globalization;
using ToolboxAI.Tests.Simulation.Deployments;
using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation;

/// <summary>
/// The scenarios that have stores on PostgreSQL, beside the campaigns in memory: the stores are the real ones, and processes die in the units of
/// work that commit. The engine and the bus stay in memory, and one invocation ends before the next begins. <c>TOOLBOX_HISTORIES</c>
/// says how many seeds of each are run.
/// </summary>
public sealed class PostgresTests
{
    [Theory]
    [InlineData(DunningScenario.Name, 50)]
    [InlineData(DeploymentScenario.Name, 10)]
    public async Task Histories_on_PostgreSQL_come_to_the_right_end(string scenario, int seeds)
    {
        var count = Environment.GetEnvironmentVariable("TOOLBOX_HISTORIES") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : seeds;
        await using var database = await ProductDatabase.CreateAsync();
        for (var seed = 1; seed <= count; seed++)
        {
            await database.ClearAsync();
            var outcome = scenario == DunningScenario.Name
                ? await DunningScenario.Run(seed, Stores.Postgres(database), Plants.None, null)
                : await DeploymentScenario.Run(seed, DeploymentDatabase.Postgres(database), Plants.None, null);
            Assert.True(outcome.Broken.Count == 0, $"Seed {seed} of {scenario} on PostgreSQL: {string.Join(Environment.NewLine, outcome.Broken)}");
        }
    }
}
