using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

public partial class ServiceBusAdministrationClient
{
    /// <summary>Adds a rule to a subscription.</summary>
    public virtual async Task<Response<RuleProperties>> CreateRuleAsync(
        string topicName, string subscriptionName, CreateRuleOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bus = await OpenRulesAsync(topicName, subscriptionName, cancellationToken);
        var rule = Encode(options.Name, options.Filter, options.Action);
        return await bus.AddRuleAsync(PathOf(topicName, subscriptionName), rule, cancellationToken)
            ? LocalResponse.Of(RuleCodec.Decode(rule))
            : throw BusErrors.AlreadyExists($"{PathOf(topicName, subscriptionName)}/rules/{options.Name}");
    }

    /// <summary>A rule.</summary>
    public virtual async Task<Response<RuleProperties>> GetRuleAsync(
        string topicName, string subscriptionName, string ruleName, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await FindRuleAsync(topicName, subscriptionName, ruleName, cancellationToken)
            ?? throw BusErrors.EntityNotFound($"{PathOf(topicName, subscriptionName)}/rules/{ruleName}"));

    /// <summary>Changes a rule's filter and action.</summary>
    public virtual async Task<Response<RuleProperties>> UpdateRuleAsync(
        string topicName, string subscriptionName, RuleProperties rule, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var bus = await OpenRulesAsync(topicName, subscriptionName, cancellationToken);
        var changed = Encode(rule.Name, rule.Filter, rule.Action);
        return await bus.ReplaceRuleAsync(PathOf(topicName, subscriptionName), changed, cancellationToken)
            ? LocalResponse.Of(RuleCodec.Decode(changed))
            : throw BusErrors.EntityNotFound($"{PathOf(topicName, subscriptionName)}/rules/{rule.Name}");
    }

    /// <summary>Deletes a rule.</summary>
    public virtual async Task<Response> DeleteRuleAsync(
        string topicName, string subscriptionName, string ruleName, CancellationToken cancellationToken = default)
    {
        var bus = await OpenRulesAsync(topicName, subscriptionName, cancellationToken);
        return await bus.RemoveRuleAsync(PathOf(topicName, subscriptionName), ruleName, cancellationToken)
            ? new LocalResponse()
            : throw BusErrors.EntityNotFound($"{PathOf(topicName, subscriptionName)}/rules/{ruleName}");
    }

    /// <summary>Whether there is such a rule.</summary>
    public virtual async Task<Response<bool>> RuleExistsAsync(
        string topicName, string subscriptionName, string ruleName, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await FindRuleAsync(topicName, subscriptionName, ruleName, cancellationToken) is not null);

    /// <summary>The rules of a subscription.</summary>
    public virtual AsyncPageable<RuleProperties> GetRulesAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) => new LocalPageable<RuleProperties>(async () =>
        {
            var bus = await OpenRulesAsync(topicName, subscriptionName, cancellationToken);
            return [.. (await bus.RulesAsync(PathOf(topicName, subscriptionName), cancellationToken)).Select(RuleCodec.Decode)];
        });

    private async Task<IBusAdministration> OpenRulesAsync(string topicName, string subscriptionName, CancellationToken cancellationToken)
    {
        await GetAsync(PathOf(topicName, subscriptionName), EntityKind.Subscription, cancellationToken);
        return await OpenAsync();
    }

    private async Task<RuleProperties?> FindRuleAsync(
        string topicName, string subscriptionName, string ruleName, CancellationToken cancellationToken)
    {
        var bus = await OpenRulesAsync(topicName, subscriptionName, cancellationToken);
        var rules = await bus.RulesAsync(PathOf(topicName, subscriptionName), cancellationToken);
        return rules.FirstOrDefault(rule => rule.Name.Equals(ruleName, StringComparison.OrdinalIgnoreCase)) is { } rule ? RuleCodec.Decode(rule) : null;
    }
}
