using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Messages for which a condition is true, such as <c>color = 'blue' AND quantity &gt; 10</c>.</summary>
public class SqlRuleFilter : RuleFilter
{
    private const int MaxLength = 1024;

    /// <summary>A condition of up to 1,024 characters.</summary>
    public SqlRuleFilter(string sqlExpression)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sqlExpression);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sqlExpression.Length, MaxLength, nameof(sqlExpression));
        SqlExpression = sqlExpression;
    }

    /// <summary>The condition.</summary>
    public string SqlExpression { get; }

    /// <summary>Values of the condition's <c>@names</c>.</summary>
    public IDictionary<string, object> Parameters { get; } = new Dictionary<string, object>();

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(SqlRuleFilter? left, SqlRuleFilter? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SqlRuleFilter? left, SqlRuleFilter? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(RuleFilter? other) =>
        other is SqlRuleFilter sql && SqlExpression.Equals(sql.SqlExpression, StringComparison.OrdinalIgnoreCase)
        && RuleCodec.SameValues(Parameters, sql.Parameters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuleFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(SqlExpression);

    /// <inheritdoc/>
    public override string ToString() => $"SqlRuleFilter: {SqlExpression}";
}

/// <summary>Every message.</summary>
public sealed class TrueRuleFilter : SqlRuleFilter
{
    /// <summary>The filter of a rule that names none.</summary>
    public TrueRuleFilter() : base("1=1")
    {
    }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(TrueRuleFilter? left, TrueRuleFilter? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(TrueRuleFilter? left, TrueRuleFilter? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(RuleFilter? other) => other is TrueRuleFilter;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TrueRuleFilter;

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "TrueRuleFilter";
}

/// <summary>No message.</summary>
public sealed class FalseRuleFilter : SqlRuleFilter
{
    /// <summary>A filter that nothing passes.</summary>
    public FalseRuleFilter() : base("1=0")
    {
    }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(FalseRuleFilter? left, FalseRuleFilter? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(FalseRuleFilter? left, FalseRuleFilter? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(RuleFilter? other) => other is FalseRuleFilter;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FalseRuleFilter;

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "FalseRuleFilter";
}
