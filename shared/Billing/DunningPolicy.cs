using System.Text.Json.Serialization;

namespace ToolboxAI.Shared.Billing;

/// <summary>What happens to a subscription whose invoice could not be collected.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DunningEnding>))]
public enum DunningEnding
{
    /// <summary>The open invoice is voided and the subscription cancelled.</summary>
    Cancel,

    /// <summary>Collection is paused: later invoices are voided until it is lifted.</summary>
    Pause,

    /// <summary>The invoice is marked uncollectible and access withdrawn; the subscription stays.</summary>
    Uncollectible,
}

/// <summary>How failed payments of one plan are dunned. A run keeps the policy that it started with.</summary>
/// <param name="TryDays">
/// Try <c>n</c> is due <c>TryDays[n]</c> times 24 h after the first failure; 1 to 15 rising days from 1 to 60
/// (card networks fine more than some 15 to 20 repeats in 30 days).
/// </param>
/// <param name="Ending">What happens after the last try.</param>
public sealed record DunningPolicy(IReadOnlyList<int> TryDays, DunningEnding Ending)
{
    /// <summary>The most tries that a policy may have.</summary>
    public const int MaxTries = 15;

    /// <summary>The latest day of a try.</summary>
    public const int MaxDay = 60;

    /// <summary>Six tries in three weeks, then the subscription is cancelled.</summary>
    public static DunningPolicy Default { get; } = new([1, 3, 5, 7, 14, 21], DunningEnding.Cancel);

    /// <summary>Why the policy can't be used, or null when it can.</summary>
    public string? Fault() => this switch
    {
        { TryDays: null or [] } => "tryDays needs at least one day.",
        { TryDays.Count: > MaxTries } => $"tryDays has at most {MaxTries} days.",
        _ when TryDays.Any(day => day is < 1 or > MaxDay) => $"Each of tryDays is a day from 1 to {MaxDay}.",
        _ when TryDays.Zip(TryDays.Skip(1)).Any(pair => pair.First >= pair.Second) => "tryDays must rise.",
        _ when !Enum.IsDefined(Ending) => "ending is cancel, pause or uncollectible.",
        _ => null,
    };

    /// <summary>When try <paramref name="index"/> (from 0) is due, counted from <paramref name="firstFailure"/>.</summary>
    public DateTimeOffset DueAt(DateTimeOffset firstFailure, int index) => firstFailure + TimeSpan.FromHours(24 * TryDays[index]);

    /// <summary>The last try day: waiting for another card ends here too.</summary>
    public DateTimeOffset LastDay(DateTimeOffset firstFailure) => DueAt(firstFailure, TryDays.Count - 1);
}
