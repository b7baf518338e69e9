namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>A subscription's rule as it is.</summary>
public sealed class RuleProperties : IEquatable<RuleProperties>
{
    /// <summary>The rule of a subscription that is created without one: it lets every message pass.</summary>
    public const string DefaultRuleName = "$Default";

    private RuleFilter filter;

    internal RuleProperties(string name, RuleFilter filter, RuleAction? action)
    {
        Name = name;
        this.filter = filter;
        Action = action;
    }

    /// <summary>The rule's name.</summary>
    public string Name { get; internal set; }

    /// <summary>Which messages pass.</summary>
    public RuleFilter Filter
    {
        get => filter;
        set => filter = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>What is changed on them; null: nothing.</summary>
    public RuleAction? Action { get; set; }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(RuleProperties? left, RuleProperties? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(RuleProperties? left, RuleProperties? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(RuleProperties? other) =>
        other is not null && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && Filter.Equals(other.Filter) && Equals(Action, other.Action);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuleProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);
}

/// <summary>A rule to create; without a filter it lets every message pass.</summary>
public sealed class CreateRuleOptions : IEquatable<CreateRuleOptions>
{
    /// <summary>The name of a rule that is given none.</summary>
    public const string DefaultRuleName = "$Default";

    private RuleFilter filter = new TrueRuleFilter();

    /// <summary>A rule <c>$Default</c>.</summary>
    public CreateRuleOptions() => Name = DefaultRuleName;

    /// <summary>A rule of that name.</summary>
    public CreateRuleOptions(string name) : this(name, new TrueRuleFilter())
    {
    }

    /// <summary>A rule of that name with a filter.</summary>
    public CreateRuleOptions(string name, RuleFilter filter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Filter = filter;
    }

    /// <summary>A rule like another.</summary>
    public CreateRuleOptions(RuleProperties rule) : this(rule.Name, rule.Filter) => Action = rule.Action;

    /// <summary>The rule's name, up to 50 characters.</summary>
    public string Name { get; set; }

    /// <summary>Which messages pass.</summary>
    public RuleFilter Filter
    {
        get => filter;
        set => filter = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>What is changed on them; null: nothing.</summary>
    public RuleAction? Action { get; set; }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(CreateRuleOptions? left, CreateRuleOptions? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(CreateRuleOptions? left, CreateRuleOptions? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(CreateRuleOptions? other) =>
        other is not null && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && Filter.Equals(other.Filter) && Equals(Action, other.Action);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CreateRuleOptions);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);
}
