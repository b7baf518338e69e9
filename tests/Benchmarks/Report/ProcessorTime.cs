using System.Diagnostics;
using System.Globalization;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>How much processor time programs have used, by their names: what a unit costs, whoever does the work.</summary>
/// <param name="Own">A process, by the name that it is reported under.</param>
/// <param name="Below">Of a process: the names of programs that it or its children started, and what they are reported under.</param>
internal sealed record ProcessorTime(IReadOnlyDictionary<string, int> Own, IReadOnlyDictionary<string, (int Ancestor, string Program)> Below)
{
    /// <summary>Linux counts in hundredths of a second, on every machine.</summary>
    private const double TicksPerMillisecond = 0.1;

    /// <summary>The milliseconds until now, by the names.</summary>
    public IReadOnlyDictionary<string, double> Now()
    {
        var used = Own.ToDictionary(one => one.Key, one => Process.GetProcessById(one.Value).TotalProcessorTime.TotalMilliseconds);
        var all = Below.Count == 0 ? [] : Stat.All();
        foreach (var (name, (ancestor, program)) in Below)
        {
            used[name] = all.Values.Where(one => one.Program == program && IsBelow(one, ancestor, all)).Sum(one => one.Ticks) / TicksPerMillisecond;
        }

        return used;
    }

    /// <summary>What was used between two looks, by the names, per unit.</summary>
    public static IReadOnlyDictionary<string, double> Per(int units, IReadOnlyDictionary<string, double> before, IReadOnlyDictionary<string, double> after) =>
        after.ToDictionary(one => one.Key, one => (one.Value - before[one.Key]) / units);

    private static bool IsBelow(Stat process, int ancestor, IReadOnlyDictionary<int, Stat> all)
    {
        for (var at = process; all.TryGetValue(at.Parent, out var parent); at = parent)
        {
            if (parent.Id == ancestor)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A line of <c>/proc/PID/stat</c>: the ticks are the process's and those of its children that have ended.</summary>
    private sealed record Stat(int Id, string Program, int Parent, long Ticks)
    {
        public static Dictionary<int, Stat> All() => Directory.EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(Read).OfType<Stat>().ToDictionary(one => one.Id);

        private static Stat? Read(string folder)
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "stat"));
                var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
                var rest = line[(close + 2)..].Split(' ');
                return new(Number(line[..open]), line[(open + 1)..close], Number(rest[1]), rest[11..15].Sum(part => (long)Number(part)));
            }
            catch (IOException)
            {
                return null;        // it has ended meanwhile
            }
        }

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
