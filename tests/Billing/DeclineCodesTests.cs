using System.Text.Json;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Billing;

public sealed class DeclineCodesTests
{
    [Theory]
    [InlineData("do_not_try_again", "insufficient_funds", DeclineClass.Hard)]
    [InlineData("try_again_later", "stolen_card", DeclineClass.Soft)]
    [InlineData("confirm_card_data", "generic_decline", DeclineClass.CustomerAction)]
    [InlineData("confirm_card_data", "authentication_required", DeclineClass.Authentication)]
    [InlineData("new_advice", "lost_card", DeclineClass.Hard)]
    [InlineData(null, "lost_card", DeclineClass.Hard)]
    public void Advice_goes_before_the_decline_code(string? advice, string code, DeclineClass expected) =>
        Assert.Equal(expected, DeclineCodes.Classify(new(advice, code, "card_declined")));

    [Theory]
    [InlineData("expired_card", DeclineClass.CustomerAction)]
    [InlineData("incorrect_cvc", DeclineClass.CustomerAction)]
    [InlineData("processing_error", DeclineClass.Soft)]
    [InlineData("card_declined", DeclineClass.Soft)]
    [InlineData("authentication_required", DeclineClass.Authentication)]
    public void Without_a_decline_code_the_error_code_decides(string error, DeclineClass expected) =>
        Assert.Equal(expected, DeclineCodes.Classify(new(null, null, error)));

    [Fact]
    public void An_unknown_code_is_soft()
    {
        Assert.Equal(DeclineClass.Soft, DeclineCodes.Classify(new(null, "a_code_of_next_year", "card_declined")));
        Assert.Equal(DeclineClass.Soft, DeclineCodes.Classify(new(null, null, null)));
    }

    [Fact]
    public void Reasons_that_would_warn_a_thief_are_told_to_nobody()
    {
        foreach (var code in (string[])["lost_card", "stolen_card", "pickup_card", "fraudulent", "merchant_blacklist", "highest_risk_level"])
        {
            Assert.Equal("The card was declined.", DeclineCodes.ForCustomer(code));
        }
    }

    /// <summary>The fact sheet's classes; hard is also what it calls faults of the request and test cards.</summary>
    [Fact]
    public void Every_code_of_the_fact_sheet_is_classed_as_it_says()
    {
        var path = Path.Combine(Repository.Contracts ?? "", "stripe", "decline-codes.json");
        if (Repository.Contracts is null)
        {
            Assert.Skip("The fact sheets (../shared) are not here.");
        }

        using var facts = JsonDocument.Parse(File.ReadAllText(path));
        var codes = facts.RootElement.GetProperty("codes").EnumerateArray().ToList();
        foreach (var fact in codes)
        {
            var code = fact.GetProperty("decline_code").GetString()!;
            var expected = fact.GetProperty("class").GetString() switch
            {
                "soft" => DeclineClass.Soft,
                "customer_action" when code.Contains("authentication", StringComparison.Ordinal) => DeclineClass.Authentication,
                "customer_action" => DeclineClass.CustomerAction,
                _ => DeclineClass.Hard,
            };
            Assert.Equal((code, expected), (code, DeclineCodes.Classify(new(null, code, "card_declined"))));
        }

        Assert.Equal(
            codes.Select(fact => fact.GetProperty("decline_code").GetString()).Order(StringComparer.Ordinal),
            DeclineCodes.Known.Order(StringComparer.Ordinal));
    }
}
