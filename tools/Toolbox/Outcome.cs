using System.Text.Json.Nodes;

namespace ToolboxAI.Tools;

/// <summary>What a deployment's status means for the command that waits for it.</summary>
public static class Outcome
{
    /// <summary>Has it ended?</summary>
    public static bool HasEnded(JsonNode deployment) => Status(deployment) is "succeeded" or "rolledBack" or "rejected" or "superseded" or "deadLettered";

    /// <summary>Does it wait for a person?</summary>
    public static bool Waits(JsonNode deployment) => Status(deployment) is "awaitingApproval" or "awaitingDecision";

    /// <summary>The command's exit code.</summary>
    public static int ExitCode(JsonNode deployment) => Status(deployment) switch
    {
        "succeeded" => ExitCodes.Ok,
        "rolledBack" => ExitCodes.RolledBack,
        "awaitingApproval" or "awaitingDecision" => ExitCodes.Waiting,
        _ => ExitCodes.Failed,
    };

    /// <summary>Its status.</summary>
    public static string Status(JsonNode deployment) => deployment["status"]!.GetValue<string>();
}
