using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Writes and reads the stored form of a rule.</summary>
internal static class RuleCodec
{
    public static readonly StoredRule Default = Encode(RuleProperties.DefaultRuleName, new TrueRuleFilter(), null);

    /// <exception cref="FormatException">The filter or action is malformed.</exception>
    public static StoredRule Encode(string name, RuleFilter filter, RuleAction? action)
    {
        _ = CompiledRule.Of(filter, action);
        var definition = new JsonObject { ["filter"] = Encode(filter) };
        if (action is SqlRuleAction act)
        {
            definition["action"] = new JsonObject { ["sql"] = act.SqlExpression, ["parameters"] = PropertyCodec.Encode(act.Parameters) };
        }

        return new(name, definition.ToJsonString());
    }

    public static RuleProperties Decode(StoredRule rule)
    {
        using var json = JsonDocument.Parse(rule.Definition);
        SqlRuleAction? action = null;
        if (json.RootElement.TryGetProperty("action", out var act))
        {
            action = new SqlRuleAction(act.GetProperty("sql").GetString()!);
            Fill(action.Parameters, act.GetProperty("parameters"));
        }

        return new(rule.Name, DecodeFilter(json.RootElement.GetProperty("filter")), action);
    }

    public static CompiledRule Compile(string definition)
    {
        var rule = Decode(new("", definition));
        return CompiledRule.Of(rule.Filter, rule.Action);
    }

    public static bool SameValues(IDictionary<string, object> left, IDictionary<string, object> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && Equals(pair.Value, value));

    private static JsonObject Encode(RuleFilter filter) => filter switch
    {
        TrueRuleFilter => new JsonObject { ["all"] = true },
        FalseRuleFilter => new JsonObject { ["all"] = false },
        SqlRuleFilter sql => new JsonObject { ["sql"] = sql.SqlExpression, ["parameters"] = PropertyCodec.Encode(sql.Parameters) },
        CorrelationRuleFilter correlation => new JsonObject
        {
            ["correlationId"] = correlation.CorrelationId,
            ["messageId"] = correlation.MessageId,
            ["to"] = correlation.To,
            ["replyTo"] = correlation.ReplyTo,
            ["subject"] = correlation.Subject,
            ["sessionId"] = correlation.SessionId,
            ["replyToSessionId"] = correlation.ReplyToSessionId,
            ["contentType"] = correlation.ContentType,
            ["properties"] = PropertyCodec.Encode(correlation.ApplicationProperties),
        },
        _ => throw new FormatException($"There is no filter {filter.GetType().Name}."),
    };

    private static RuleFilter DecodeFilter(JsonElement json)
    {
        if (json.TryGetProperty("all", out var all))
        {
            return all.GetBoolean() ? new TrueRuleFilter() : new FalseRuleFilter();
        }

        if (json.TryGetProperty("sql", out var sql))
        {
            var filter = new SqlRuleFilter(sql.GetString()!);
            Fill(filter.Parameters, json.GetProperty("parameters"));
            return filter;
        }

        var correlation = new CorrelationRuleFilter
        {
            CorrelationId = json.GetProperty("correlationId").GetString(),
            MessageId = json.GetProperty("messageId").GetString(),
            To = json.GetProperty("to").GetString(),
            ReplyTo = json.GetProperty("replyTo").GetString(),
            Subject = json.GetProperty("subject").GetString(),
            SessionId = json.GetProperty("sessionId").GetString(),
            ReplyToSessionId = json.GetProperty("replyToSessionId").GetString(),
            ContentType = json.GetProperty("contentType").GetString(),
        };
        Fill(correlation.ApplicationProperties, json.GetProperty("properties"));
        return correlation;
    }

    private static void Fill(IDictionary<string, object> values, JsonElement encoded)
    {
        foreach (var (key, value) in PropertyCodec.Decode(encoded))
        {
            values[key] = value;
        }
    }
}
