namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>What an answer's headers say about the limit of the key's owner; nothing is certain to be there.</summary>
/// <param name="Limit">Calls a minute (<c>x-ratelimit-limit</c>).</param>
/// <param name="Remaining">Calls left in the current window (<c>x-ratelimit-remaining</c>).</param>
/// <param name="ResetSeconds">Seconds until the window ends (<c>x-ratelimit-reset</c>).</param>
/// <param name="RetryAfterSeconds">Seconds to wait (<c>retry-after</c>); Roblox sends it only sometimes.</param>
/// <param name="Throttled">The call itself was refused with 429.</param>
/// <param name="Answered">The call itself was refused, by a service that is well (a status below 500).</param>
public sealed record RateReading(int? Limit = null, int? Remaining = null, int? ResetSeconds = null, int? RetryAfterSeconds = null, bool Throttled = false, bool Answered = false)
{
    /// <summary>Nothing was said.</summary>
    public static RateReading None { get; } = new();
}

/// <summary>An answer, and what its headers said.</summary>
public sealed record Reply<T>(T Value, RateReading Rate);
