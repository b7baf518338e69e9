namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>How unreliable the deliveries of an outside service are.</summary>
/// <param name="Late">The probability that a delivery takes up to six hours.</param>
/// <param name="Duplicates">The probability that an accepted delivery is made again.</param>
/// <param name="Lost">The probability that an event is never delivered.</param>
public sealed record WebhookFaults(double Late, double Duplicates, double Lost);

/// <summary>What an outside service posts to us: each event until it is accepted, in any order.</summary>
public sealed class Webhooks<T>(string sender, SimulatedWorld simulation, Func<SimulatedProcess, T, Task> receive) : ISource
    where T : notnull
{
    private readonly Scheduler scheduler = simulation.Scheduler;
    private readonly List<Entry> entries = [];
    private readonly Dictionary<T, DateTimeOffset> accepted = [];

    /// <summary>How unreliable it is now.</summary>
    public WebhookFaults Faults { get; set; } = new(0, 0, 0);

    /// <summary>The events that are never delivered.</summary>
    public List<T> Lost { get; } = [];

    /// <summary>What is not delivered yet.</summary>
    public int Count => entries.Count;

    /// <summary>When each event was accepted first.</summary>
    public IReadOnlyDictionary<T, DateTimeOffset> Accepted => accepted;

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => entries.Count == 0 ? null : entries.Where(entry => !entry.Posting).Select(entry => (DateTimeOffset?)entry.DueAt).Min();

    /// <summary>Something happened.</summary>
    public void Add(T happened, string label)
    {
        if (scheduler.Chance(Faults.Lost))
        {
            Lost.Add(happened);
            return;
        }

        entries.Add(new(happened, label, scheduler.Clock.Now + Delay()));
    }

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        var now = scheduler.Clock.Now;
        foreach (var entry in entries)
        {
            if (entry.DueAt <= now && !entry.Posting)
            {
                choices.Add(new(entry, of => $"{sender} posts {((Entry)of).Label}", of => Post((Entry)of)));
            }
        }
    }

    /// <summary>Posts that a dead process was at are made again.</summary>
    public void Release(SimulatedProcess process)
    {
        foreach (var entry in entries.Where(entry => entry.Posting && entry.To == process))
        {
            Again(entry);
        }
    }

    private Task Post(Entry entry)
    {
        var process = simulation.AnyProcess();
        entry.Posting = true;
        entry.To = process;
        return process.Begin($"{sender} {entry.Label}", () => receive(process, entry.Happened), error =>
        {
            if (error is null)
            {
                accepted.TryAdd(entry.Happened, scheduler.Clock.Now);
            }

            if (error is not null || scheduler.Chance(Faults.Duplicates))
            {
                Again(entry);
            }
            else
            {
                entries.Remove(entry);
            }
        });
    }

    private void Again(Entry entry)
    {
        entry.Posting = false;
        entry.DueAt = scheduler.Clock.Now + scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    }

    private TimeSpan Delay() => scheduler.Chance(Faults.Late)
        ? scheduler.Between(TimeSpan.Zero, TimeSpan.FromHours(6))
        : scheduler.Between(TimeSpan.Zero, TimeSpan.FromSeconds(5));

    private sealed class Entry(T happened, string label, DateTimeOffset dueAt)
    {
        public T Happened { get; } = happened;

        public string Label { get; } = label;

        public DateTimeOffset DueAt { get; set; } = dueAt;

        public bool Posting { get; set; }

        public SimulatedProcess? To { get; set; }
    }
}
