using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>
/// The product's outbox and consumer's inbox: orders are written with their message in one transaction, and applied once each.
/// A message tells only of what was committed; a committed order is applied, whatever dies.
/// </summary>
public sealed class OutboxScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "outbox";

    private const string Queue = "orders";
    private const string Orders = "orders";
    private const string Applied = "applied";
    private readonly SimulatedWorld simulation;
    private readonly InMemoryDatabase database = new(ProductDatabase.Demo);
    private readonly IOutboxStore rows;
    private readonly InMemoryHandledMessages handled = new();
    private readonly List<string> broken = [];
    private int troublesSeen;

    private OutboxScenario(SimulatedWorld world, Plants plants)
    {
        simulation = world;
        database.Waits = world.Scheduler.Until;
        rows = plants.Outbox(new InMemoryOutboxStore(), world.Bus);
        foreach (var name in (string[])["p1", "p2"])
        {
            world.AddProcess(name);
        }

        world.Bus.Consume(Queue, (process, message) => Apply(process, message.MessageId!, JsonSerializer.Deserialize<Order>(message.Body, ApiJson.Options)!));
        world.Plans.Every(TimeSpan.FromSeconds(30), "outbox timer", process => OutboxOf(process).SendPending(CancellationToken.None), AnyTrouble, AnyUnsent);
    }

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Plants plants, Action<string>? trace)
    {
        await using var world = new SimulatedWorld(seed, plants, trace);
        var scenario = new OutboxScenario(world, plants);
        var s = world.Scheduler;
        s.Faults = FaultPlan.Draw(s);
        for (var order = 1 + s.Next(12); order > 0; order--)
        {
            var id = $"order-{order}";
            var at = world.Clock.Start + s.Between(TimeSpan.Zero, TimeSpan.FromMinutes(5));
            var later = s.Chance(0.2) ? at + TimeSpan.FromHours(1) : (DateTimeOffset?)null;
            world.Plans.At(at, $"{id} is placed", process => scenario.Place(process, new(id, s.Chance(0.1)), later));
        }

        await world.Run(world.Clock.Start + TimeSpan.FromHours(12));
        world.Calm();
        await world.Bus.Resubmit(Queue);
        await world.Run(world.Clock.Start + TimeSpan.FromDays(1));
        await scenario.Check();
        return new(scenario.broken, 0, s.Steps);
    }

    private Outbox OutboxOf(SimulatedProcess process) =>
        new(rows, process.Crashing(database), simulation.Bus, process.Clock, new(process.Clock), NullLogger<Outbox>.Instance);

    /// <summary>An order, which its customer withdraws at the last moment when it is <c>IsWithdrawn</c>: nothing is committed.</summary>
    private async Task Place(SimulatedProcess process, Order order, DateTimeOffset? notBefore)
    {
        await using var work = await process.Crashing(database).Begin(CancellationToken.None);
        await work.Session<InMemoryUnitOfWork>().Insert(Orders, order.Id, order, CancellationToken.None);
        await OutboxOf(process).Enqueue(work, Queue, order, CancellationToken.None, notBefore);
        await simulation.Scheduler.Yield($"{order.Id} is about to be committed");
        if (!order.IsWithdrawn)
        {
            await work.Commit(CancellationToken.None);
        }
    }

    private async Task Apply(SimulatedProcess process, string messageId, Order order)
    {
        await using var work = await process.Crashing(database).Begin(CancellationToken.None);
        var session = work.Session<InMemoryUnitOfWork>();
        if (session.Find<Order>(Orders, order.Id) is null)
        {
            broken.Add($"{order.Id} was told of, and is not committed");
            return;
        }

        await simulation.Scheduler.Yield($"{order.Id} is being applied");
        if (await handled.TryAdd(work, Queue, messageId, "applied", process.Clock.GetUtcNow(), CancellationToken.None))
        {
            var times = (session.Find<Times>(Applied, order.Id)?.Count ?? 0) + 1;
            await session.Put(Applied, order.Id, new Times(times), CancellationToken.None);
            await work.Commit(CancellationToken.None);
        }
    }

    private bool AnyTrouble()
    {
        var troubles = simulation.Processes.Sum(process => process.Life) + simulation.Bus.Failures;
        return troubles > troublesSeen && (troublesSeen = troubles) > 0;
    }

    private async Task<bool> AnyUnsent()
    {
        await using var work = await database.Begin(CancellationToken.None);
        var far = DateTimeOffset.MaxValue.AddDays(-1);
        return (await rows.Claim(work, far, far, 1, CancellationToken.None)).Count > 0;
    }

    private async Task Check()
    {
        broken.AddRange(simulation.Surprises);
        await using var work = await database.Begin(CancellationToken.None);
        var session = work.Session<InMemoryUnitOfWork>();
        foreach (var order in session.All<Order>(Orders))
        {
            var times = session.Find<Times>(Applied, order.Id)?.Count ?? 0;
            if (times != 1)
            {
                broken.Add($"{order.Id} was applied {times} times");
            }
        }

        if (await AnyUnsent())
        {
            broken.Add("a row was never sent");
        }

        broken.AddRange(simulation.Bus.DeadLetters(Queue).Select(letter => $"dead letter: {letter.Body}"));
    }

    private sealed record Order(string Id, bool IsWithdrawn);

    private sealed record Times(int Count);
}
