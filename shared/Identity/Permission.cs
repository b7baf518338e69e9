namespace ToolboxAI.Shared.Identity;

/// <summary>What a caller may do; an API key holds some of them as scopes.</summary>
public enum Permission
{
    /// <summary>Read the own subscription and its dunning. Scope <c>billing:read</c>.</summary>
    BillingRead,

    /// <summary>Subscribe, change the card, steer the own dunning. Scope <c>billing:write</c>.</summary>
    BillingWrite,

    /// <summary>Have scripts, places and models scanned. Scope <c>scripts:scan</c>.</summary>
    ScriptsScan,

    /// <summary>Read experiences and deployments. Scope <c>deployments:read</c>.</summary>
    DeploymentsRead,

    /// <summary>Upload, plan, deploy and roll back. Scope <c>deployments:write</c>.</summary>
    DeploymentsWrite,

    /// <summary>Approve what another key deploys. Scope <c>deployments:approve</c>.</summary>
    DeploymentsApprove,

    /// <summary>Run the platform: calls that belong to no tenant. Scope <c>operator</c>, on operators' keys only.</summary>
    Operate,
}

/// <summary>Permissions as they stand in keys.</summary>
public static class Scopes
{
    /// <summary>Whether it stays open to a tenant that owes: to read what is due, and to pay.</summary>
    public static bool IsForBilling(this Permission permission) => permission is Permission.BillingRead or Permission.BillingWrite;

    /// <summary>The scope of a permission.</summary>
    public static string Scope(this Permission permission) => permission switch
    {
        Permission.BillingRead => "billing:read",
        Permission.BillingWrite => "billing:write",
        Permission.ScriptsScan => "scripts:scan",
        Permission.DeploymentsRead => "deployments:read",
        Permission.DeploymentsWrite => "deployments:write",
        Permission.DeploymentsApprove => "deployments:approve",
        Permission.Operate => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "No scope."),
    };
}
