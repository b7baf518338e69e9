using Azure.Messaging.ServiceBus;
using ToolboxAI.Local.ServiceBus;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>The processes' session receivers: each takes a free session, handles its messages in order, and gives it back.</summary>
public sealed class SessionWork(SimulatedWorld world, string queue) : ISource
{
    private readonly Dictionary<string, DateTimeOffset> held = [];
    private readonly Dictionary<string, int> last = [];

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => held.Count == 0 ? null : held.Values.Min();

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        foreach (var (session, until) in held.ToList())
        {
            if (until < world.Clock.Now)
            {
                held.Remove(session);
            }
        }

        foreach (var session in world.Bus.Bus.Available(queue).Select(message => message.SessionId!).Distinct())
        {
            if (!held.ContainsKey(session))
            {
                choices.Add(new(session, static of => $"takes session {of}", of => Take((string)of)));
            }
        }
    }

    private async Task Take(string session)
    {
        var receiver = await world.Bus.Client.AcceptSessionAsync(queue, session);
        held[session] = receiver.SessionLockedUntil;
        await world.AnyProcess().Begin($"session {session}", () => Handle(receiver), _ => { });
    }

    private async Task Handle(ServiceBusSessionReceiver receiver)
    {
        while (await InMemoryBus.TryReceiveAsync(receiver) is { } message)
        {
            await world.Scheduler.Yield($"handles {message.Body} of {receiver.SessionId}");
            var (number, before) = (int.Parse(message.Body.ToString()), last.GetValueOrDefault(receiver.SessionId));
            if (number != before && number != before + 1)
            {
                world.Surprises.Add($"session {receiver.SessionId}: {number} came after {before}");
            }

            last[receiver.SessionId] = number;
            await receiver.CompleteMessageAsync(message);
        }

        await receiver.CloseAsync();
        held.Remove(receiver.SessionId);
    }
}
