using System.Text.Json;
using Stripe;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>What others wrote against the real Stripe works against the simulator.</summary>
public sealed class JudgeTests
{
    [Fact]
    public async Task The_official_JavaScript_library_gets_along_with_the_simulator_and_accepts_its_webhooks()
    {
        await using var world = await StripeWorld.StartAsync();
        await world.SubscribeAsync((await world.CustomerAsync()).Id);
        await world.SettleAsync();
        var webhooks = string.Join('\n', world.Received.Select(w => JsonSerializer.Serialize(new { header = w.Header, body = w.Body })));
        await using var other = await StripeWorld.StartAsync();

        var (exit, output) = await Judges.NodeAsync("stripe.mjs", webhooks, other.Address);

        Assert.True(exit == 0, output);
        using var answer = JsonDocument.Parse(output);
        Assert.Equal(world.Received.Count, answer.RootElement.GetProperty("checked").GetInt32());
        Assert.True(world.Received.Count > 10);
    }

    [Theory]
    [InlineData("payment_intent.succeeded", EventTypes.PaymentIntentSucceeded)]
    [InlineData("payment_intent.payment_failed", EventTypes.PaymentIntentPaymentFailed)]
    [InlineData("payment_intent.created", EventTypes.PaymentIntentCreated)]
    [InlineData("payment_intent.canceled", EventTypes.PaymentIntentCanceled)]
    [InlineData("charge.succeeded", EventTypes.ChargeSucceeded)]
    [InlineData("charge.failed", EventTypes.ChargeFailed)]
    [InlineData("charge.refunded", EventTypes.ChargeRefunded)]
    [InlineData("customer.created", EventTypes.CustomerCreated)]
    [InlineData("customer.updated", EventTypes.CustomerUpdated)]
    [InlineData("customer.deleted", EventTypes.CustomerDeleted)]
    [InlineData("customer.subscription.created", EventTypes.CustomerSubscriptionCreated)]
    [InlineData("customer.subscription.updated", EventTypes.CustomerSubscriptionUpdated)]
    [InlineData("customer.subscription.deleted", EventTypes.CustomerSubscriptionDeleted)]
    [InlineData("invoice.created", EventTypes.InvoiceCreated)]
    [InlineData("invoice.finalized", EventTypes.InvoiceFinalized)]
    [InlineData("invoice.updated", EventTypes.InvoiceUpdated)]
    [InlineData("invoice.voided", EventTypes.InvoiceVoided)]
    [InlineData("invoice.marked_uncollectible", EventTypes.InvoiceMarkedUncollectible)]
    [InlineData("invoice.paid", EventTypes.InvoicePaid)]
    [InlineData("invoice.payment_succeeded", EventTypes.InvoicePaymentSucceeded)]
    [InlineData("invoice.payment_failed", EventTypes.InvoicePaymentFailed)]
    [InlineData("invoice.payment_action_required", EventTypes.InvoicePaymentActionRequired)]
    [InlineData("payment_method.attached", EventTypes.PaymentMethodAttached)]
    [InlineData("payment_method.detached", EventTypes.PaymentMethodDetached)]
    [InlineData("setup_intent.succeeded", EventTypes.SetupIntentSucceeded)]
    [InlineData("setup_intent.canceled", EventTypes.SetupIntentCanceled)]
    [InlineData("product.created", EventTypes.ProductCreated)]
    [InlineData("product.updated", EventTypes.ProductUpdated)]
    [InlineData("price.created", EventTypes.PriceCreated)]
    [InlineData("price.updated", EventTypes.PriceUpdated)]
    public async Task Stripe_s_command_line_triggers_an_event_with_its_own_fixtures(string trigger, string expected)
    {
        await using var world = await StripeWorld.StartAsync();

        var (exit, output) = await Judges.StripeAsync("--api-key", "sk_test_judge", "trigger", trigger, "--api-base", world.Address);
        await world.SettleAsync();

        Assert.True(exit == 0 && output.Contains("Trigger succeeded", StringComparison.Ordinal), output);
        Assert.Contains(expected, world.Types);
    }
}
