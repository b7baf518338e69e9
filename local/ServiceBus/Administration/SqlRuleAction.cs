using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Changes on a message, such as <c>SET sys.label = 'big'; REMOVE quantity</c>.</summary>
public sealed class SqlRuleAction : RuleAction
{
    private const int MaxLength = 1024;

    /// <summary>Statements of up to 1,024 characters together.</summary>
    public SqlRuleAction(string sqlExpression)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sqlExpression);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sqlExpression.Length, MaxLength, nameof(sqlExpression));
        SqlExpression = sqlExpression;
    }

    /// <summary>The statements.</summary>
    public string SqlExpression { get; }

    /// <summary>Values of the statements' <c>@names</c>.</summary>
    public IDictionary<string, object> Parameters { get; } = new Dictionary<string, object>();

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(SqlRuleAction? left, SqlRuleAction? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SqlRuleAction? left, SqlRuleAction? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(RuleAction? other) =>
        other is SqlRuleAction sql && SqlExpression.Equals(sql.SqlExpression, StringComparison.OrdinalIgnoreCase)
        && RuleCodec.SameValues(Parameters, sql.Parameters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuleAction);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(SqlExpression);

    /// <inheritdoc/>
    public override string ToString() => $"SqlRuleAction: {SqlExpression}";
}
