using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Secrets;

/// <summary>This installation has no such secret.</summary>
public sealed record SecretNotFound() : NotFoundRefusal("secret_not_found", "This installation has no secret of that name; GET /api/v1/admin/secrets lists them.");

/// <summary>A rotation of it runs.</summary>
public sealed record RotationRunning() : ConflictRefusal("rotation_running", "A rotation of this secret is running; undo it or wait for its end.");

/// <summary>None runs.</summary>
public sealed record RotationNotRunning() : ConflictRefusal("rotation_not_running", "No rotation of this secret is running.");

/// <summary>The old version is being revoked.</summary>
public sealed record RotationPastUndo() : ConflictRefusal("rotation_past_undo", "The old version is being revoked: start another rotation instead.");

/// <summary>Its issuer has no way to make one for us.</summary>
public sealed record SecretValueNeeded(string Mend) : UnprocessableRefusal("secret_value_needed", $"Send the new value as \"value\": {Mend}.");

/// <summary>A rotation makes it.</summary>
public sealed record SecretValueUnwanted() : UnprocessableRefusal("secret_value_unwanted", "A rotation makes this secret's value: send none.");

/// <summary>The value can't be one; it is never part of the answer.</summary>
public sealed record SecretValueInvalid(string Why) : UnprocessableRefusal("secret_value_invalid", Why);
