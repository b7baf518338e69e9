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

    public static object? Get(BusMessage message, string? scope, string name) =>
        IsSystem(scope) ? (Fields.TryGetValue(name, out var field) ? field.Get(message) : null) : message.Properties.GetValueOrDefault(Known(message, name));

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
            message.Properties[Known(message, name)] = value;
        }
    }

    public static bool IsSystem(string? scope) => string.Equals(scope, "sys", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names are found without regard to case.</summary>
    private static string Known(BusMessage message, string name) =>
        message.Properties.ContainsKey(name)
            ? name
            : message.Properties.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
}
