using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation;

/// <summary>The short form of the campaigns; the long one is <c>dotnet run --project tests/Simulation -- --seeds N --scenario NAME</c>.</summary>
public sealed class SimulationTests
{
    /// <summary>The scenarios, how many seeds of each are run here, and how many of them twice.</summary>
    public static TheoryData<string, int, int> Short { get; } = new()
    {
        { "dunning", 2_000, 8 },
        { "orchestrations", 500, 8 },
        { "entities", 500, 8 },
        { "bus", 500, 8 },
        { "outbox", 500, 8 },
        { "deployments", 150, 8 },
        { "large-deployments", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Short))]
    public async Task Many_stormy_histories_all_come_to_the_right_end(string name, int seeds, int twice)
    {
        Assert.InRange(twice, 1, seeds);
        var scenario = Scenario.Find(name)!;
        if (await Campaign.FirstFailure(scenario, 1, seeds, null, TestContext.Current.CancellationToken) is { } seed)
        {
            Assert.Fail(await scenario.Report(seed, Plants.None));
        }
    }

    [Theory]
    [MemberData(nameof(Short))]
    public async Task The_same_seed_gives_the_same_history_to_the_last_line(string name, int seeds, int twice)
    {
        var scenario = Scenario.Find(name)!;
        var traces = new HashSet<string>();
        for (var seed = seeds + 1; seed <= seeds + twice; seed++)
        {
            var first = await scenario.Report(seed, Plants.None);
            Assert.Equal(first, await scenario.Report(seed, Plants.None));
            traces.Add(first);
        }

        Assert.Equal(twice, traces.Count);
    }

    [Theory]
    [InlineData("dunning", 18_259)]         // a mail's handler died ten times, and its message was dead-lettered
    [InlineData("dunning", 30_765)]         // a person tried again before our clock had come to the moment of the failure
    [InlineData("dunning", 23_610)]         // a person tried again 24 h later to the second, by when Stripe had just forgotten the key
    [InlineData("deployments", 100_721)]    // a run lost the experience after it had paid for an upload, and the next run paid again
    [InlineData("deployments", 2_917)]      // something became due between two looks at the clock, and the run ended
    public async Task A_seed_that_failed_once_is_kept(string name, int seed)
    {
        var scenario = Scenario.Find(name)!;
        if ((await scenario.Run(seed, Plants.None, null)).Broken.Count > 0)
        {
            Assert.Fail(await scenario.Report(seed, Plants.None));
        }
    }

    [Fact]
    public void Every_scenario_is_run() => Assert.Equal(Scenario.All.Select(scenario => scenario.Name), Short.Select(row => row.Data.Item1));
}
