using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Messages whose fields and properties equal all that are given.</summary>
public sealed class CorrelationRuleFilter : RuleFilter
{
    /// <summary>A filter to fill.</summary>
    public CorrelationRuleFilter()
    {
    }

    /// <summary>Messages with this correlation id.</summary>
    public CorrelationRuleFilter(string correlationId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(correlationId);
        CorrelationId = correlationId;
    }

    /// <summary>Null: any.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>Null: any.</summary>
    public string? MessageId { get; set; }

    /// <summary>Null: any.</summary>
    public string? To { get; set; }

    /// <summary>Null: any.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>Null: any.</summary>
    public string? Subject { get; set; }

    /// <summary>Null: any.</summary>
    public string? SessionId { get; set; }

    /// <summary>Null: any.</summary>
    public string? ReplyToSessionId { get; set; }

    /// <summary>Null: any.</summary>
    public string? ContentType { get; set; }

    /// <summary>Properties that the message must have with these values.</summary>
    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    private string?[] Fields => [CorrelationId, MessageId, To, ReplyTo, Subject, SessionId, ReplyToSessionId, ContentType];

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(CorrelationRuleFilter? left, CorrelationRuleFilter? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(CorrelationRuleFilter? left, CorrelationRuleFilter? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(RuleFilter? other) =>
        other is CorrelationRuleFilter filter && Fields.SequenceEqual(filter.Fields, StringComparer.OrdinalIgnoreCase)
        && RuleCodec.SameValues(ApplicationProperties, filter.ApplicationProperties);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuleFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => CorrelationId is null ? base.GetHashCode() : StringComparer.OrdinalIgnoreCase.GetHashCode(CorrelationId);

    /// <inheritdoc/>
    public override string ToString() =>
        $"CorrelationRuleFilter: {string.Join(", ", Fields.Where(field => field is not null).Concat(ApplicationProperties.Select(pair => $"{pair.Key} = {pair.Value}")))}";

    internal bool Matches(BusMessage message)
    {
        string?[] fields =
        [
            message.CorrelationId, message.MessageId, message.To, message.ReplyTo, message.Subject, message.SessionId, message.ReplyToSessionId,
            message.ContentType,
        ];
        return Fields.Zip(fields).All(pair => pair.First is null || pair.First == pair.Second)
            && ApplicationProperties.All(wanted => SqlValue.Compare(SqlProperties.Get(message, null, wanted.Key), wanted.Value, "=") is true);
    }
}
