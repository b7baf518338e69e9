namespace ToolboxAI.Local.ServiceBus;

/// <summary>The names by which filters and actions reach a message: <c>sys.</c> for its own fields, else the application's properties.</summary>
internal static class SqlProperties
{
    private static readonly Dictionary<string, (Func<BusMessage, object?> Get, Action<BusMessage, string?> Set)> Fields =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["MessageId"] = (message => message.MessageId, (message, value) => message.MessageId = value),
            ["CorrelationId"] = (message => message.CorrelationId, (message, value) => message.CorrelationId = value),
            ["To"] = (message => message.To, (message, value) => message.To = value),
            ["Label"] = (message => message.Subject, (message, value) => message.Subject = value),
            ["Subject"] = (message => message.Subject, (message, value) => message.Subject = value),
            ["ReplyTo"] = (message => message.ReplyTo, (message, value) => message.ReplyTo = value),
            ["SessionId"] = (message => message.SessionId, (message, value) => message.SessionId = value),
            ["ReplyToSessionId"] = (message => message.ReplyToSessionId, (message, value) => message.ReplyToSessionId = value),
            ["ContentType"] = (message => message.ContentType, (message, value) => message.ContentType = value),
        };

    // Those that no action may change.
    private static readonly Dictionary<string, Func<BusMessage, object?>> ReadOnly = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PartitionKey"] = message => message.PartitionKey,
        ["TimeToLive"] = message => message.TimeToLive,
        ["ScheduledEnqueueTimeUtc"] = message => message.ScheduledEnqueueTime?.UtcDateTime,
        ["Size"] = message => (long)MessageSize.Of(message),
    };

    /// <summary>Refuses a system property that no message has; an application's own may be missing.</summary>
    /// <exception cref="FormatException">There is none of that name, or it is to be set and can't be.</exception>
    public static void Check(string? scope, string name, bool toSet = false)
    {
        if (IsSystem(scope) && !Fields.ContainsKey(name) && (toSet || !ReadOnly.ContainsKey(name)))
        {
            throw new FormatException($"There is no system property '{name}'{(toSet ? " that can be set" : "")}. Properties of the application have no 'sys.' before them.");
        }
    }

    public static object? Get(BusMessage message, string? scope, string name) =>
        IsSystem(scope) ? (Fields.TryGetValue(name, out var field) ? field.Get(message) : ReadOnly[name](message)) : message.Properties.GetValueOrDefault(Known(message, name));

    public static bool Exists(BusMessage message, string? scope, string name) => IsSystem(scope)
        ? Get(message, scope, name) is not null
        : message.Properties.ContainsKey(Known(message, name));

    public static void Set(BusMessage message, string? scope, string name, object? value)
    {
        if (IsSystem(scope))
        {
            if (Fields.TryGetValue(name, out var field))
            {
                field.Set(message, value?.ToString());
            }
        }
        else if (value is null)
        {
            message.Properties.Remove(Known(message, name));
        }
        else
        {
            var known = Known(message, name);
            message.Properties[known] = SqlValue.Like(value, message.Properties.GetValueOrDefault(known));
        }
    }

    public static bool IsSystem(string? scope) => string.Equals(scope, "sys", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names are found without regard to case.</summary>
    private static string Known(BusMessage message, string name) =>
        message.Properties.ContainsKey(name)
            ? name
            : message.Properties.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
}
