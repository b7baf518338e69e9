namespace Microsoft.Azure.Functions.Worker;

/// <summary>The addresses at which an orchestration instance can be watched and steered.</summary>
public class HttpManagementPayload
{
    /// <summary>The instance id.</summary>
    public string? Id { get; internal set; }

    /// <summary>DELETE removes the ended instance.</summary>
    public string? PurgeHistoryDeleteUri { get; internal set; }

    /// <summary>POST starts the ended instance once more.</summary>
    public string? RestartPostUri { get; internal set; }

    /// <summary>POST lets the held instance go on.</summary>
    public string? ResumePostUri { get; internal set; }

    /// <summary>POST takes the failed instance back to before its failure.</summary>
    public string? RewindPostUri { get; internal set; }

    /// <summary>POST sends an event.</summary>
    public string? SendEventPostUri { get; internal set; }

    /// <summary>GET tells the status.</summary>
    public string? StatusQueryGetUri { get; internal set; }

    /// <summary>POST holds the instance.</summary>
    public string? SuspendPostUri { get; internal set; }

    /// <summary>POST terminates the instance.</summary>
    public string? TerminatePostUri { get; internal set; }

    /// <summary>The payload for an instance; <paramref name="text"/> is the placeholder for a reason.</summary>
    internal static HttpManagementPayload Of(string root, string instanceId, string query, string text)
    {
        var instance = $"{root}/instances/{Uri.EscapeDataString(instanceId)}";
        return new HttpManagementPayload
        {
            Id = instanceId,
            PurgeHistoryDeleteUri = $"{instance}?{query}",
            RestartPostUri = $"{instance}/restart?{query}",
            ResumePostUri = $"{instance}/resume?reason={text}&{query}",
            RewindPostUri = $"{instance}/rewind?reason={text}&{query}",
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}?{query}",
            StatusQueryGetUri = $"{instance}?{query}",
            SuspendPostUri = $"{instance}/suspend?reason={text}&{query}",
            TerminatePostUri = $"{instance}/terminate?reason={text}&{query}",
        };
    }
}
