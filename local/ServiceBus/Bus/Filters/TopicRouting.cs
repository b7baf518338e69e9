using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Which copies of a topic's message a subscription gets.</summary>
internal static class TopicRouting
{
    private static readonly ConcurrentDictionary<string, CompiledRule> Compiled = new();

    /// <summary>
    /// All matching rules without action together give one copy; each matching rule with an action gives one of its own.
    /// </summary>
    public static IEnumerable<BusMessage> Copies(BusMessage message, IEnumerable<StoredRule> rules)
    {
        var plain = false;
        foreach (var rule in rules.Select(stored => Compiled.GetOrAdd(stored.Definition, RuleCodec.Compile)).Where(rule => rule.Matches(message)))
        {
            var copy = message.Copy();
            if (rule.Act is { } act)
            {
                act(copy);
                yield return copy;
            }
            else if (!plain)
            {
                plain = true;
                yield return copy;
            }
        }
    }
}

/// <summary>A rule ready to run.</summary>
internal sealed record CompiledRule(Func<BusMessage, bool> Matches, Action<BusMessage>? Act)
{
    /// <exception cref="FormatException">The filter or action is malformed.</exception>
    public static CompiledRule Of(RuleFilter filter, RuleAction? action) => new(filter switch
    {
        TrueRuleFilter => _ => true,
        FalseRuleFilter => _ => false,
        SqlRuleFilter sql => Sql(sql),
        CorrelationRuleFilter correlation => correlation.Matches,
        _ => throw new FormatException($"There is no filter {filter.GetType().Name}."),
    },
    action is SqlRuleAction act ? SqlParser.Action(act.SqlExpression, new Dictionary<string, object>(act.Parameters)) : null);

    private static Func<BusMessage, bool> Sql(SqlRuleFilter filter)
    {
        var condition = SqlParser.Condition(filter.SqlExpression, new Dictionary<string, object>(filter.Parameters));
        return message => condition(message) is true;
    }
}
