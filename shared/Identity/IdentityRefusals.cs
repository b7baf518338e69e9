using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Identity;

/// <summary>No key came with the call.</summary>
public sealed record KeyMissing()
    : UnauthenticatedRefusal("key_missing", "Send an API key as 'Authorization: Bearer …' or 'X-Api-Key'.");

/// <summary>The key is unknown, expired or revoked; we don't say which.</summary>
public sealed record KeyInvalid() : UnauthenticatedRefusal("key_invalid", "The API key is not valid.");

/// <summary>The key may not do this.</summary>
public sealed record ScopeMissing(string Scope) : ForbiddenRefusal("scope_missing", $"The API key lacks the scope {Scope}.");

/// <summary>An invoice of the tenant's was given up.</summary>
public sealed record AccessWithdrawn()
    : ForbiddenRefusal("access_withdrawn", "Access is withdrawn because an invoice was not paid. Billing is open: pay the invoice, and access is back.");

/// <summary>A token can't be exchanged for a later one: whoever has it would have it for ever.</summary>
public sealed record TokenNotRenewable() : ForbiddenRefusal("token_not_renewable", "A token is given for an API key only, not for another token.");

/// <summary>There is no key of that id.</summary>
public sealed record KeyNotFound() : NotFoundRefusal("key_not_found", "There is no API key of that id: it is the 'key_…' of the logs, not the key itself.");

/// <summary>Nobody could undo it, or operate anything else.</summary>
public sealed record LastOperatorKey() : ConflictRefusal(
    "last_operator_key", "This is the last operator's key that is good: without it nobody could operate the platform. Exchange its secret instead, as the guide of secrets tells.");

/// <summary>The function is not open to anybody.</summary>
public sealed record NoAccessPolicy() : ForbiddenRefusal("no_access_policy", "This call is not open.");
