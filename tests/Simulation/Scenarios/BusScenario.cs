using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>
/// The bus alone: a queue, a topic with filtered subscriptions and a queue with sessions, under sends that are repeated, locks that
/// run out and consumers that die. What was sent is handled or dead-lettered, never early, never after it was completed, and in a
/// session in order.
/// </summary>
public sealed class BusScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "bus";

    private const string Queue = "work";
    private const string Topic = "news";
    private const string Sessions = "ordered";
    private static readonly string[] Colours = ["red", "blue"];
    private readonly SimulatedWorld simulation;
    private readonly Dictionary<string, DateTimeOffset?> sent = [];
    private readonly Dictionary<string, HashSet<long>> handled = [];
    private readonly List<string> broken = [];

    private BusScenario(SimulatedWorld world)
    {
        simulation = world;
        foreach (var name in (string[])["p1", "p2"])
        {
            world.AddProcess(name);
        }
    }

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Plants plants, Action<string>? trace)
    {
        await using var world = new SimulatedWorld(seed, plants, trace);
        var scenario = new BusScenario(world);
        await scenario.Prepare();
        world.Scheduler.Faults = FaultPlan.Draw(world.Scheduler);
        scenario.Plan();
        await world.Run(world.Clock.Start + TimeSpan.FromHours(6));
        world.Calm();
        await world.Run(world.Clock.Start + TimeSpan.FromDays(1));
        scenario.Check();
        return new(scenario.broken, 0, world.Scheduler.Steps);
    }

    private async Task Prepare()
    {
        var bus = new ServiceBusAdministrationClient(simulation.Bus.Bus.ConnectionString);
        await bus.CreateQueueAsync(new CreateQueueOptions(Queue)
        {
            RequiresDuplicateDetection = true,
            DuplicateDetectionHistoryTimeWindow = TimeSpan.FromDays(1),
        });
        await bus.CreateQueueAsync(new CreateQueueOptions(Sessions) { RequiresSession = true });
        await bus.CreateTopicAsync(Topic);
        foreach (var colour in Colours)
        {
            await bus.CreateSubscriptionAsync(
                new CreateSubscriptionOptions(Topic, colour), new CreateRuleOptions("colour", new SqlRuleFilter($"colour = '{colour}'")));
        }

        var paths = Colours.Select(colour => $"{Topic}/Subscriptions/{colour}").Append(Queue);
        foreach (var path in paths)
        {
            simulation.Bus.Consume(path, (_, message) => Handle(path, message));
        }

        simulation.Add(new SessionWork(simulation, Sessions));
    }

    private void Plan()
    {
        var s = simulation.Scheduler;
        for (var number = 4 + s.Next(10); number > 0; number--)
        {
            var at = simulation.Clock.Start + s.Between(TimeSpan.Zero, TimeSpan.FromMinutes(5));
            var message = new ServiceBusMessage($"{number}") { MessageId = $"m{number}" };
            if (s.Chance(0.2))
            {
                message.ScheduledEnqueueTime = at + TimeSpan.FromMinutes(30);
            }

            message.ApplicationProperties["colour"] = s.Pick(Colours);
            message.ApplicationProperties["poison"] = s.Chance(0.1);
            var to = s.Pick([Queue, Topic]);
            simulation.Plans.Outside(at, $"sends {message.MessageId} to {to}", () => Send(to, message));
        }

        for (var session = 1 + s.Next(2); session > 0; session--)
        {
            SendInOrder($"s{session}", 1, 2 + s.Next(4));
        }
    }

    private void SendInOrder(string session, int number, int last)
    {
        if (number <= last)
        {
            simulation.Plans.Outside(simulation.Clock.Now + simulation.Scheduler.Between(TimeSpan.Zero, TimeSpan.FromMinutes(2)), $"sends {number} to {session}", async () =>
            {
                await simulation.Bus.Client.CreateSender(Sessions).SendMessageAsync(new ServiceBusMessage($"{number}") { SessionId = session });
                SendInOrder(session, number + 1, last);
            });
        }
    }

    /// <summary>A sender that heard nothing sends again, under the same id.</summary>
    private async Task Send(string to, ServiceBusMessage message)
    {
        sent[Key(to, message)] = message.ScheduledEnqueueTime == default ? null : message.ScheduledEnqueueTime;
        await simulation.Bus.Client.CreateSender(to).SendMessageAsync(message);
        if (simulation.Scheduler.Chance(simulation.Scheduler.Faults.SendsFail))
        {
            simulation.Plans.Outside(simulation.Clock.Now + TimeSpan.FromSeconds(5), $"sends {message.MessageId} to {to} again", () => Send(to, new ServiceBusMessage(message.Body)
            {
                MessageId = message.MessageId,
                ScheduledEnqueueTime = message.ScheduledEnqueueTime,
                ApplicationProperties = { ["colour"] = message.ApplicationProperties["colour"], ["poison"] = message.ApplicationProperties["poison"] },
            }));
        }
    }

    private async Task Handle(string path, ServiceBusReceivedMessage message)
    {
        await simulation.Scheduler.Yield($"handles {message.MessageId}");
        if (message.ApplicationProperties["poison"] is true)
        {
            throw new IOException("poison");
        }

        var key = path == Queue ? $"{Queue} {message.MessageId}" : $"{Topic} {message.MessageId} {path[(path.LastIndexOf('/') + 1)..]}";
        if (!handled.TryGetValue(key, out var numbers))
        {
            handled.Add(key, numbers = []);
        }

        numbers.Add(message.SequenceNumber);
        if (!sent.TryGetValue(key, out var due))
        {
            broken.Add($"{key} was handled, and not sent there");
        }
        else if (simulation.Clock.Now < due)
        {
            broken.Add($"{key} was handled at {simulation.Clock.Now:O}, and was for {due:O}");
        }
    }

    private void Check()
    {
        broken.AddRange(simulation.Surprises);
        var dead = new[] { Queue }.Concat(Colours.Select(colour => $"{Topic}/Subscriptions/{colour}"))
            .SelectMany(path => simulation.Bus.DeadLetters(path)).ToList();
        foreach (var key in sent.Keys)
        {
            var id = key.Split(' ')[1];
            if (!handled.ContainsKey(key) && !dead.Exists(letter => letter.MessageId == id && letter.ApplicationProperties["poison"] is true))
            {
                broken.Add($"{key} was neither handled nor dead-lettered");
            }
        }

        broken.AddRange(handled.Where(one => one.Key.StartsWith(Queue, StringComparison.Ordinal) && one.Value.Count > 1)
            .Select(one => $"{one.Key} was enqueued {one.Value.Count} times within the window of duplicates"));
        broken.AddRange(dead.Where(letter => letter.DeliveryCount != 10 || letter.DeadLetterReason != "MaxDeliveryCountExceeded")
            .Select(letter => $"{letter.MessageId} is dead after {letter.DeliveryCount} deliveries: {letter.DeadLetterReason}"));
        if (simulation.Bus.Count > 0)
        {
            broken.Add($"{simulation.Bus.Count} messages are stuck");
        }
    }

    private static string Key(string to, ServiceBusMessage message) =>
        to == Queue ? $"{Queue} {message.MessageId}" : $"{Topic} {message.MessageId} {message.ApplicationProperties["colour"]}";
}
