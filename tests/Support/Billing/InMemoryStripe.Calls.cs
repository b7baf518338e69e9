using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Tests.Support.Billing;

/// <summary>How a call comes to its answer: idempotency keys and faults.</summary>
public sealed partial class InMemoryStripe
{
    private const string StoredFault = "stored_fault";
    private static readonly TimeSpan RunsOn = TimeSpan.FromSeconds(90);

    /// <summary>Forgets that calls have keys: each is carried out. For planting a bug.</summary>
    public bool IgnoreKeys { get; set; }

    private async Task<T?> Read<T>(string name, Func<T?> read) where T : class => await Faults(name) switch
    {
        StripeFault.None or StripeFault.StillRunning => read(),
        _ => throw new TransientPaymentsException($"{name}: no answer.", null, new IOException()),
    };

    private async Task<T> Call<T>(string name, string? key, string parameters, Func<T> act)
    {
        var fault = await Faults(name);
        if (fault == StripeFault.RequestLost)
        {
            throw Unclear(name);
        }

        if (key is not null && !IgnoreKeys && answers.TryGetValue(key, out var stored) && clock.GetUtcNow() < stored.At + KeyLifetime)
        {
            return stored.Answer switch
            {
                Running => throw new TransientPaymentsException($"{name}: the first call still runs.", "idempotency_key_in_use", new IOException()),
                Fault => throw new UnclearPaymentsException($"{name}: 500.", StoredFault, new IOException()),
                _ when fault is StripeFault.AnswerLost or StripeFault.StillRunning => throw Unclear(name),
                _ => (T)stored.Answer,
            };
        }

        switch (fault)
        {
            case StripeFault.Refused:
                throw new TransientPaymentsException($"{name}: 429.", "rate_limit", new IOException());
            case StripeFault.StillRunning:
                Store(key, parameters, new Running());
                schedule.Add((clock.GetUtcNow() + RunsOn, () => Store(key, parameters, Quietly(act))));
                throw Unclear(name);
            case StripeFault.FaultStoredBefore:
                Store(key, parameters, new Fault());
                throw Unclear(name);
            case StripeFault.FaultStoredAfter:
                act();
                Store(key, parameters, new Fault());
                throw Unclear(name);
            default:
                var answer = act();
                Store(key, parameters, answer!);
                return fault == StripeFault.AnswerLost ? throw Unclear(name) : answer;
        }
    }

    /// <summary>What fails while nobody waits for it is a fault that the key keeps.</summary>
    private static object Quietly<T>(Func<T> act)
    {
        try
        {
            return act()!;
        }
        catch (PaymentsException)
        {
            return new Fault();
        }
    }

    private void Store(string? key, string parameters, object answer)
    {
        if (key is not null)
        {
            var since = answers.TryGetValue(key, out var known) && known.Answer is Running ? known.At : clock.GetUtcNow();
            answers[key] = new(parameters, since, answer);
        }
    }

    private static UnclearPaymentsException Unclear(string name) => new($"{name}: no answer.", null, new IOException());

    private sealed record StoredAnswer(string Parameters, DateTimeOffset At, object Answer);

    private sealed record Running;

    private sealed record Fault;
}
