using Microsoft.AspNetCore.Http;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>An answer that is an error, in the service's form: <c>{"error":{"code","message","innererror"}}</c>.</summary>
internal sealed class VaultRefusal(int status, string code, string message, string? inner = null) : Exception(message)
{
    public int Status => status;

    public object Body => new
    {
        error = inner is null ? new VaultError(code, Message, null) : new VaultError(code, Message, new(inner)),
    };

    public static VaultRefusal BadParameter(string message) => new(StatusCodes.Status400BadRequest, "BadParameter", message);

    public static VaultRefusal Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "Unauthorized", message);

    public static VaultRefusal NotFound(string name, string? version = null) => new(
        StatusCodes.Status404NotFound, "SecretNotFound", $"A secret with (name/id) {(version is null ? name : $"{name}/{version}")} was not found in this key vault.");

    public static VaultRefusal Disabled() => new(
        StatusCodes.Status403Forbidden, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");

    public static VaultRefusal Deleted(string name) => new(
        StatusCodes.Status409Conflict, "Conflict", $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", "ObjectIsDeletedButRecoverable");

    public static VaultRefusal Exists(string name) => new(StatusCodes.Status409Conflict, "Conflict", $"Secret {name} exists already.");

    public static VaultRefusal Throttled() => new(StatusCodes.Status429TooManyRequests, "Throttled", "The request was not processed because too many requests were received.");

    public static VaultRefusal Fault(int status) => status switch
    {
        401 => Unauthorized("AKV10000: Request is missing a Bearer or PoP token."),
        403 => new(status, "Forbidden", "Caller is not authorized to perform action on resource.", "ForbiddenByRbac"),
        429 => Throttled(),
        503 => new(status, "ServiceUnavailable", "The service is not available."),
        _ => new(status, status >= 500 ? "InternalServerError" : "BadParameter", "The request could not be processed."),
    };
}

/// <summary>The inside of an error's body.</summary>
internal sealed record VaultError(string Code, string Message, VaultInnerError? Innererror);

/// <summary>What a 403 or 409 is about.</summary>
internal sealed record VaultInnerError(string Code);
