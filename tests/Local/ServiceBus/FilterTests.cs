using ToolboxAI.Local.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>The language of filters and actions.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("color = 'blue'", true)]
    [InlineData("COLOR = 'blue'", true)]
    [InlineData("color <> 'blue'", false)]
    [InlineData("color != 'red' AND quantity >= 6", true)]
    [InlineData("quantity = 6.0", true)]
    [InlineData("quantity < 6 OR NOT (quantity > 6)", true)]
    [InlineData("(quantity + 2) * 2 = 16", true)]
    [InlineData("quantity % 4 = 2 AND -quantity = -6", true)]
    [InlineData("quantity / 4 = 1", true)]
    [InlineData("color IN ('red', 'blue')", true)]
    [InlineData("color NOT IN ('red', 'blue')", false)]
    [InlineData("color LIKE 'b%e'", true)]
    [InlineData("color LIKE '_l__'", true)]
    [InlineData("color NOT LIKE '%x%'", true)]
    [InlineData("percent LIKE '100!%' ESCAPE '!'", true)]
    [InlineData("percent LIKE '1!%' ESCAPE '!'", false)]
    [InlineData("missing IS NULL", true)]
    [InlineData("color IS NOT NULL", true)]
    [InlineData("EXISTS(color) AND NOT EXISTS(missing)", true)]
    [InlineData("missing = 'x' OR missing <> 'x'", false)]
    [InlineData("NOT (missing = 'x')", false)]
    [InlineData("missing = 'x' OR color = 'blue'", true)]
    [InlineData("color > 5", false)]
    [InlineData("sys.Label = 'order' AND sys.MessageId = 'm1'", true)]
    [InlineData("user.color = 'blue' AND [color] = 'blue' AND \"color\" = 'blue'", true)]
    [InlineData("property(color) = 'blue' AND property([color]) = 'blue'", true)]
    [InlineData("p('co' + 'lor') = 'blue' AND property('missing') IS NULL", true)]
    [InlineData("sys.TimeToLive IS NULL AND sys.PartitionKey IS NULL AND sys.Size > 0", true)]
    [InlineData("EXISTS(sys.Label) AND NOT EXISTS(sys.To)", true)]
    [InlineData("color + quantity = 'blue6' AND 1 + 'a' = '1a'", true)]
    [InlineData("missing + 1 = 1 OR -missing = 1 OR missing LIKE '%' OR missing NOT LIKE 'x'", false)]
    [InlineData("missing IN (1, 2) OR missing NOT IN (1, 2)", false)]
    [InlineData("(missing = 1 AND 1 = 0) OR 1 = 1", true)]
    [InlineData("NOT (missing = 1 AND 1 = 0)", true)]
    [InlineData("NOT (missing = 1 OR 1 = 0)", false)]
    [InlineData("backslash LIKE 'a\\_%' ESCAPE '\\'", true)]
    [InlineData("color LIKE 'B%'", false)]
    [InlineData("[with space] = 1 AND \"with space\" = 1 AND [odd]]name] = 2", true)]
    [InlineData("large > 9223372036854775807 AND large + 1 > 0", true)]
    [InlineData("7 / -1 = -7 AND 7 % -1 = 0", true)]
    [InlineData("0.5E-2 = 0.005 AND 101.5E5 = 10150000", true)]
    [InlineData("quote = 'it''s'", true)]
    [InlineData("flag = TRUE", true)]
    [InlineData("flag", true)]
    [InlineData("limit > @least AND limit < 1e3", true)]
    [InlineData("1=1", true)]
    [InlineData("1=0", false)]
    public void A_condition_is_true_or_not(string filter, bool expected)
    {
        var condition = SqlParser.Condition(filter, new Dictionary<string, object> { ["@least"] = 10 });

        Assert.Equal(expected, condition(Message()) is true);
    }

    [Theory]
    [InlineData("color =")]
    [InlineData("color = 'blue")]
    [InlineData("= 1")]
    [InlineData("color = 1 1")]
    [InlineData("(color = 1")]
    [InlineData("nothing(color) = 1")]
    [InlineData("x = @unknown")]
    [InlineData("x ~ 1")]
    [InlineData("sys.Colour = 'blue'")]
    [InlineData("x LIKE 'a' ESCAPE 'bc'")]
    public void A_malformed_condition_is_refused(string filter) =>
        Assert.Throws<FormatException>(() => SqlParser.Condition(filter, new Dictionary<string, object>()));

    [Fact]
    public void An_action_sets_and_removes_properties_in_order()
    {
        var message = Message();
        SqlParser.Action("SET sys.Label = 'big'; SET user.total = quantity * 2; SET color = color + '!'; REMOVE flag", new Dictionary<string, object>())(message);

        Assert.Equal(("big", 12L, "blue!", false), (message.Subject, message.Properties["total"], message.Properties["color"], message.Properties.ContainsKey("flag")));
        Assert.Throws<FormatException>(() => SqlParser.Action("DROP color", new Dictionary<string, object>()));
    }

    [Fact]
    public void An_action_keeps_a_property_s_type_where_it_can_and_needs_no_semicolons()
    {
        var message = Message();
        SqlParser.Action("SET quantity = quantity * 2 SET color = 5 SET flag = 'no bool' REMOVE limit", new Dictionary<string, object>())(message);

        Assert.Equal((12, "5", "no bool", false), (
            message.Properties["quantity"], message.Properties["color"], message.Properties["flag"], message.Properties.ContainsKey("limit")));
    }

    [Theory]
    [InlineData("SET sys.Colour = 'blue'")]
    [InlineData("SET sys.Size = 1")]
    [InlineData("REMOVE sys.Colour")]
    public void An_action_on_a_system_property_that_is_not_there_is_refused(string action) =>
        Assert.Throws<FormatException>(() => SqlParser.Action(action, new Dictionary<string, object>()));

    private static BusMessage Message() => new()
    {
        MessageId = "m1",
        Subject = "order",
        Properties = new()
        {
            ["color"] = "blue",
            ["quantity"] = 6,
            ["percent"] = "100%",
            ["quote"] = "it's",
            ["flag"] = true,
            ["limit"] = 50.5,
            ["backslash"] = "a_b",
            ["with space"] = 1,
            ["odd]name"] = 2,
            ["large"] = ulong.MaxValue,
        },
    };
}
