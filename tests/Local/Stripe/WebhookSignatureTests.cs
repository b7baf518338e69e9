using System.Text.Json;
using Stripe;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class WebhookSignatureTests
{
    [Fact]
    public void Every_published_vector_is_judged_as_it_says()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(StripeContracts.File("vectors.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = vector.GetProperty("name").GetString();
            var refused = Record.Exception(() => EventUtility.ConstructEvent(
                vector.GetProperty("body").GetString(),
                vector.GetProperty("header").GetString(),
                vector.GetProperty("secret").GetString(),
                EventUtility.DefaultTimeTolerance,
                vector.GetProperty("now").GetInt64(),
                throwOnApiVersionMismatch: false));

            Assert.True(vector.GetProperty("valid").GetBoolean() == (refused is null), $"{name}: {refused?.Message ?? "accepted"}");
            Assert.True(refused is null or StripeException, $"{name}: {refused?.GetType()}");
        }
    }

    [Fact]
    public void A_header_of_ours_is_accepted_and_one_of_another_secret_is_not()
    {
        const string Body = """{"id":"evt_1","object":"event","api_version":"2026-07-29.dahlia","type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice"}}}""";

        var read = EventUtility.ConstructEvent(Body, EventUtility.GenerateSignatureHeader(Body, "whsec_a"), "whsec_a");

        Assert.Equal(EventTypes.InvoicePaid, read.Type);
        Assert.Equal("in_1", Assert.IsType<Invoice>(read.Data.Object).Id);
        Assert.Throws<StripeException>(() => EventUtility.ConstructEvent(Body, EventUtility.GenerateSignatureHeader(Body, "whsec_b"), "whsec_a"));
    }

    [Fact]
    public void An_event_of_another_release_is_refused_unless_asked_not_to()
    {
        const string Body = """{"id":"evt_1","object":"event","api_version":"2026-10-28.endive","type":"a.new.one","data":{"object":{"id":"x_1","object":"a_new_one"}}}""";
        var header = EventUtility.GenerateSignatureHeader(Body, "whsec_a");

        Assert.Throws<StripeException>(() => EventUtility.ConstructEvent(Body, header, "whsec_a"));
        var read = EventUtility.ConstructEvent(Body, header, "whsec_a", throwOnApiVersionMismatch: false);

        Assert.Equal("a.new.one", read.Type);
        Assert.Null(read.Data.Object);
    }
}
