using System.Diagnostics;
using ToolboxAI.Tests.Simulation.Dunning;
using Xunit.Runner.InProc.SystemConsole;

namespace ToolboxAI.Tests.Simulation;

/// <summary>
/// <c>--seeds N [--from S] --scenario dunning</c> runs a campaign; <c>--seed S --scenario dunning</c> prints one seed's trace; anything
/// else is for the test runner.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (Value(args, "--scenario") is not { } scenario)
        {
            return await ConsoleRunner.Run(args);
        }

        if (scenario != DunningScenario.Name)
        {
            await Console.Error.WriteLineAsync($"There is no scenario '{scenario}'. Known: {DunningScenario.Name}.");
            return 2;
        }

        return Value(args, "--seed") is { } seed
            ? await Show(int.Parse(seed))
            : await Campaign(int.Parse(Value(args, "--from") ?? "1"), int.Parse(Value(args, "--seeds") ?? "1000"));
    }

    private static async Task<int> Show(int seed)
    {
        var broken = await DunningScenario.Run(seed, Stores.Memory(), Plants.None, Console.WriteLine);
        foreach (var violation in broken)
        {
            Console.WriteLine($"VIOLATED {violation}");
        }

        return broken.Count == 0 ? 0 : 1;
    }

    private static async Task<int> Campaign(int from, int count)
    {
        var started = Stopwatch.GetTimestamp();
        var reported = started;
        for (var seed = from; seed < from + count; seed++)
        {
            if ((await DunningScenario.Run(seed, Stores.Memory(), Plants.None)).Count > 0)
            {
                Console.WriteLine($"Seed {seed} fails. Its trace:");
                return await Show(seed);
            }

            if (Stopwatch.GetElapsedTime(reported) > TimeSpan.FromSeconds(5))
            {
                reported = Stopwatch.GetTimestamp();
                Console.WriteLine($"{seed - from + 1} of {count} seeds, {(seed - from + 1) / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} a second");
            }
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{count} seeds from {from}: all well, in {seconds:F0} s ({count / seconds:F0} a second).");
        return 0;
    }

    private static string? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
