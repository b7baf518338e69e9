using ToolboxAI.Tests.Simulation.Harness;
using Xunit.Runner.InProc.SystemConsole;

namespace ToolboxAI.Tests.Simulation;

/// <summary>
/// <c>--seeds N [--from S] --scenario NAME</c> runs a campaign and prints the trace of a seed that fails; <c>--seed S --scenario NAME</c>
/// prints one seed's trace; anything else is for the test runner.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (Value(args, "--scenario") is not { } name)
        {
            return await ConsoleRunner.Run(args);
        }

        if (Scenario.Find(name) is not { } scenario)
        {
            await Console.Error.WriteLineAsync($"There is no scenario '{name}'. Known: {string.Join(", ", Scenario.All.Select(known => known.Name))}.");
            return 2;
        }

        if (Number(args, "--seed") is { } seed)
        {
            return await Show(scenario, seed);
        }

        var (from, count) = (Number(args, "--from") ?? 1, Number(args, "--seeds") ?? 1_000);
        if (await Campaign.FirstFailure(scenario, from, count, Console.WriteLine, CancellationToken.None) is { } failed)
        {
            return await Show(scenario, failed);
        }

        Console.WriteLine($"Scenario {name}: {count} seeds from {from}, all well.");
        return 0;
    }

    private static async Task<int> Show(Scenario scenario, int seed)
    {
        var outcome = await scenario.Run(seed, Plants.None, Console.WriteLine);
        foreach (var violation in outcome.Broken)
        {
            Console.WriteLine($"VIOLATED {violation}");
        }

        Console.WriteLine($"Scenario {scenario.Name}, seed {seed}: {(outcome.Broken.Count == 0 ? "all well" : "fails")}.");
        return outcome.Broken.Count == 0 ? 0 : 1;
    }

    private static string? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    private static int? Number(string[] args, string name) => Value(args, name) is { } text ? int.Parse(text) : null;
}
