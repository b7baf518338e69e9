using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>What the process tests look at from outside.</summary>
internal static class ProcessChecks
{
    private const double SecondsToEnd = 10;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Ten seconds, on a machine that has a core for each process that wants one. On Linux, where more want to run, everything
    /// takes as many times longer.
    /// </summary>
    public static TimeSpan EndLimit => TimeSpan.FromSeconds(SecondsToEnd * Math.Max(1, Load() / Environment.ProcessorCount));

    /// <summary>The processes that the services' process wrote down: itself, its supervisor, PostgreSQL, Azurite.</summary>
    public static IReadOnlyDictionary<string, int> ProcessesOf(string data) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(data, "processes.json")))!["Processes"]!.AsArray()
            .Where(process => IsAlive(process!["Pid"]!.GetValue<int>()))
            .ToDictionary(process => process!["Name"]!.GetValue<string>(), process => process!["Pid"]!.GetValue<int>());

    public static bool IsAlive(int pid)
    {
        var stat = $"/proc/{pid}/stat";
        try
        {
            var text = File.ReadAllText(stat);
            return text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until none of the processes is left, and says how long that took.</summary>
    public static async Task<TimeSpan> AllGoneAsync(IEnumerable<int> pids)
    {
        var since = Stopwatch.GetTimestamp();
        while (pids.Where(IsAlive).ToList() is { Count: > 0 } left)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < EndLimit, $"still alive: {string.Join(", ", left)}");
            await Task.Delay(50);
        }

        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Waits until the process has said something; longer when it has to install from npm first, as one process of a new clone has.</summary>
    public static async Task SaysAsync(TestProcess process, string text)
    {
        var since = Stopwatch.GetTimestamp();
        while (!process.Output.Contains(text))
        {
            var limit = process.Output.Contains("from npm (once)") ? InstallLimit : StartLimit;
            Assert.True(Stopwatch.GetElapsedTime(since) < limit, $"it said only: {process.Output}");
            await Task.Delay(50);
        }
    }

    /// <summary>The process refuses to start: 1, one line and no stack trace.</summary>
    public static async Task<string> RefusalAsync(TestProcess process)
    {
        var code = await process.ExitAsync(TimeSpan.FromSeconds(90));
        var said = process.Output.Trim();
        Assert.True(code == 1, $"ended with {code}: {said}");
        Assert.DoesNotContain('\n', said);
        Assert.DoesNotContain("   at ", said);
        return said;
    }

    /// <summary>How many processes ran or wanted to, on average over the last minute.</summary>
    private static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;
}
