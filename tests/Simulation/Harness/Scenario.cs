using ToolboxAI.Tests.Simulation.Deployments;
using ToolboxAI.Tests.Simulation.Dunning;
using ToolboxAI.Tests.Simulation.Scenarios;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>Something that can be simulated: from a seed to what came of it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Run">Runs a seed with planted bugs (or none); the third argument hears of each step, when it is given.</param>
public sealed record Scenario(string Name, Func<int, Plants, Action<string>?, Task<Outcome>> Run)
{
    /// <summary>All scenarios.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(DunningScenario.Name, DunningScenario.Run),
        new(OrchestrationsScenario.Name, OrchestrationsScenario.Run),
        new(EntitiesScenario.Name, EntitiesScenario.Run),
        new(BusScenario.Name, BusScenario.Run),
        new(OutboxScenario.Name, OutboxScenario.Run),
        new(DeploymentScenario.Name, DeploymentScenario.Run),
        new(DeploymentScenario.LargeName, DeploymentScenario.RunLarge),
    ];

    /// <summary>The scenario of a name; null when there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>A failing seed in a person's words: what is broken, and its trace.</summary>
    public async Task<string> Report(int seed, Plants plants)
    {
        var lines = new List<string>();
        var outcome = await Run(seed, plants, lines.Add);
        return string.Join(Environment.NewLine, [$"Scenario {Name}, seed {seed}:", .. outcome.Broken, "Its trace:", .. lines]);
    }
}

/// <summary>What came of a seed.</summary>
/// <param name="Broken">What should hold and doesn't; nothing when all is well.</param>
/// <param name="Orchestrations">How many orchestrations ran, sub-orchestrations included.</param>
/// <param name="Steps">How many steps the scheduler chose.</param>
public sealed record Outcome(IReadOnlyList<string> Broken, int Orchestrations, int Steps);
