namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>What goes wrong while the storm lasts, each as a probability. What an outside service does wrong belongs to its double.</summary>
public sealed record FaultPlan
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>A process dies between two steps.</summary>
    public double Crashes { get; init; }

    /// <summary>A process dies before a commit; and again, right after it.</summary>
    public double CrashesAtCommits { get; init; }

    /// <summary>The lease of a piece of the engine's work runs out while its worker is still at it.</summary>
    public double LeasesExpire { get; init; }

    /// <summary>A send fails: half of these before the message arrived (it is lost), half after (its sender will repeat it).</summary>
    public double SendsFail { get; init; }

    /// <summary>A message comes up to <see cref="LongestDelay"/> late, behind others.</summary>
    public double Delays { get; init; }

    /// <summary>A message is enqueued twice; and again, a handled one is delivered once more because its settlement is lost.</summary>
    public double Duplicates { get; init; }

    /// <summary>A message's lock runs out while it is being handled: another process gets it too. At each look.</summary>
    public double LocksExpire { get; init; }

    /// <summary>An activity fails: half of these before it had its effect, half after.</summary>
    public double ActivitiesFail { get; init; }

    /// <summary>The engine's work goes to the process that holds its instance in memory; otherwise to any, which replays it.</summary>
    public double Sticky { get; init; } = 0.5;

    /// <summary>Others go first between a piece of the engine's work and its commit.</summary>
    public double OthersGoFirst { get; init; } = 0.05;

    /// <summary>The longest delay of a message.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromMinutes(2);

    /// <summary>A plan of a seed's own: calm, rough or wild, and each kind of fault in or out.</summary>
    public static FaultPlan Draw(Scheduler s)
    {
        var level = Level(s);
        double Some() => s.Chance(0.6) ? level : 0;
        return new()
        {
            Crashes = Some() / 10,
            CrashesAtCommits = Some() / 5,
            LeasesExpire = Some() / 3,
            SendsFail = Some(),
            Delays = s.Chance(0.5) ? 0.3 : 0,
            Duplicates = Some(),
            LocksExpire = Some() / 10,
            ActivitiesFail = Some(),
            Sticky = s.Pick<double>([0, 0.8, 0.9]),
            OthersGoFirst = s.Pick([0, 0.05, 0.2]),
        };
    }

    /// <summary>How bad it gets: nothing, or up to three of ten.</summary>
    public static double Level(Scheduler s) => s.Pick<double>([0, 0.01, 0.05, 0.15, 0.3]);
}
