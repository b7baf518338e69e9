using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>How unreliable the bus is.</summary>
/// <param name="SendFails">The probability that a send fails, before or after the message arrived.</param>
/// <param name="Duplicates">The probability that a message is delivered once more.</param>
/// <param name="LocksExpire">The probability, at each look, that a message which is being handled is delivered again.</param>
public sealed record BusFaults(double SendFails, double Duplicates, double LocksExpire);

/// <summary>Queues that deliver at least once, in any order, and set aside what failed ten times.</summary>
public sealed class SimulatedBus(Scheduler scheduler) : IMessageBus
{
    private const int MaxDeliveries = 10;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(2);
    private readonly List<Entry> entries = [];

    /// <summary>How unreliable it is now.</summary>
    public BusFaults Faults { get; set; } = new(0, 0, 0);

    /// <summary>Messages that failed ten times.</summary>
    public List<string> DeadLetters { get; } = [];

    /// <summary>How many sends failed.</summary>
    public int Failures { get; private set; }

    /// <summary>What is not delivered yet.</summary>
    public int Count => entries.Count;

    /// <summary>The next moment at which a message can be delivered.</summary>
    public DateTimeOffset? NextDue => entries.Where(entry => entry.HeldBy is null).Select(entry => (DateTimeOffset?)entry.DueAt).Min();

    /// <inheritdoc/>
    public async Task Send(OutboxMessage message, CancellationToken ct)
    {
        await scheduler.Yield($"send to {message.Queue}");
        var fails = scheduler.Chance(Faults.SendFails);
        if (!fails || scheduler.Chance(0.5))
        {
            var due = message.NotBefore ?? scheduler.Clock.Now;
            entries.Add(new(message, due + (scheduler.Chance(0.3) ? scheduler.Between(TimeSpan.Zero, LongestDelay) : TimeSpan.Zero)));
        }

        if (fails)
        {
            Failures++;
            throw new IOException("The bus did not answer.");
        }
    }

    /// <summary>The deliveries that can be made now.</summary>
    public IEnumerable<Choice> Deliveries(Func<SimulatedProcess> process, Func<SimulatedProcess, OutboxMessage, Task> handle)
    {
        var now = scheduler.Clock.Now;
        return entries
            .Where(entry => entry.DueAt <= now && (entry.HeldBy is null || scheduler.Chance(Faults.LocksExpire)))
            .ToList()
            .Select(entry => new Choice($"delivers {Label(entry)}", () => Deliver(entry, process(), handle)));
    }

    /// <summary>The locks that a dead process held are lost.</summary>
    public void Release(SimulatedProcess process)
    {
        foreach (var entry in entries.Where(entry => entry.HeldBy == process))
        {
            entry.HeldBy = null;
        }
    }

    private Task Deliver(Entry entry, SimulatedProcess process, Func<SimulatedProcess, OutboxMessage, Task> handle)
    {
        entry.HeldBy = process;
        var delivery = ++entry.Deliveries;
        return process.Begin(Label(entry), () => handle(process, entry.Message), error => Ended(entry, delivery, error));
    }

    private void Ended(Entry entry, int delivery, Exception? error)
    {
        if (error is null)
        {
            if (scheduler.Chance(Faults.Duplicates))
            {
                entry.HeldBy = null;
                return;
            }

            entries.Remove(entry);
        }
        else if (entry.Deliveries == delivery)
        {
            entry.HeldBy = null;
            if (delivery >= MaxDeliveries)
            {
                entries.Remove(entry);
                DeadLetters.Add($"{Label(entry)}: {error.Message}");
            }
        }
    }

    private static string Label(Entry entry) => $"{entry.Message.Queue} {entry.Message.Body}";

    private sealed class Entry(OutboxMessage message, DateTimeOffset dueAt)
    {
        public OutboxMessage Message { get; } = message;

        public DateTimeOffset DueAt { get; } = dueAt;

        public SimulatedProcess? HeldBy { get; set; }

        public int Deliveries { get; set; }
    }
}
