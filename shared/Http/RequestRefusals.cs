namespace ToolboxAI.Shared.Http;

/// <summary>The body is not the JSON that the call expects.</summary>
public sealed record MalformedBody(string Why) : InvalidRefusal("malformed_body", Why);

/// <summary>A text that we don't store: with a NUL, broken Unicode, or too long.</summary>
public sealed record UnusableText(string Where, string Why) : InvalidRefusal("invalid_text", $"{Where} {Why}.");

/// <summary>A query or route value that the call can't use.</summary>
public sealed record InvalidParameter(string Name, string Why) : InvalidRefusal("invalid_parameter", $"Parameter {Name}: {Why}.");

/// <summary>A cursor that no answer of ours gave.</summary>
public sealed record InvalidCursor() : InvalidRefusal("invalid_cursor", "The cursor is not one that an answer of this list gave.");

/// <summary>The body is over the call's limit.</summary>
public sealed record BodyTooLarge(long Limit) : TooLargeRefusal("body_too_large", $"The body may have {Limit} bytes at most.");

/// <summary>The body is something other than JSON.</summary>
public sealed record NotJson() : MediaTypeRefusal("unsupported_media_type", "Send the body as application/json.");

/// <summary>An Idempotency-Key that can't be one.</summary>
public sealed record InvalidIdempotencyKey()
    : InvalidRefusal("invalid_idempotency_key", "An Idempotency-Key has 1 to 255 visible ASCII characters.");

/// <summary>The key was used for something else.</summary>
public sealed record IdempotencyKeyReused()
    : UnprocessableRefusal("idempotency_key_reused", "This Idempotency-Key was used for another request; take a new one.");

/// <summary>The first call under this key still runs.</summary>
public sealed record IdempotencyInProgress()
    : ConflictRefusal("idempotency_in_progress", "The first call with this Idempotency-Key is still running; ask again in a moment.");

/// <summary>The key makes too many calls.</summary>
public sealed record RateLimited() : TooManyRefusal("rate_limited", "Too many calls with this key; wait as long as Retry-After says.");
