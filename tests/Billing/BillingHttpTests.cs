using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Billing;

/// <summary>Billing over HTTP, on the running application. The tenant <c>other</c> is these tests', <c>demo</c> the worked example's.</summary>
[Collection("billing application")]
public sealed class BillingHttpTests(BillingApplication application)
{
    private const string Key = "tbx_local_other_key";
    private const string Operator = "tbx_local_operator_key";
    private const string Subscription = "/api/v1/billing/subscription";

    [Fact]
    public async Task A_tenant_subscribes_once_and_a_declined_card_leaves_no_subscription()
    {
        await Refused(HttpMethod.Get, Subscription, null, 404, "no_subscription");
        await Refused(HttpMethod.Post, Subscription, new { plan = "gold", paymentMethod = "pm_card_visa" }, 422, "unknown_plan");
        await Refused(HttpMethod.Post, Subscription, new { plan = "school-monthly", paymentMethod = "pm_nothing" }, 422, "unknown_payment_method");
        await Refused(HttpMethod.Post, Subscription, new { plan = "school-monthly", paymentMethod = "pm_card_chargeCustomerFail" }, 402, "payment_declined");
        await Refused(HttpMethod.Get, Subscription, null, 404, "no_subscription");

        var made = await application.Call(HttpMethod.Post, Subscription, new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, Key);
        Assert.Equal(("school-monthly", "active"), ((string?)made!["plan"], (string?)made["status"]));
        Assert.Equal(["id", "customerId", "plan", "status", "currentPeriodEnd", "latestInvoiceId"], made.AsObject().Select(field => field.Key));
        await Refused(HttpMethod.Post, Subscription, new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, 409, "already_subscribed");
        Assert.Equal((string?)made["id"], (string?)(await application.Call(HttpMethod.Get, Subscription, key: Key))!["id"]);
    }

    [Fact]
    public async Task A_local_run_brings_the_plans_to_Stripe_by_itself()
    {
        string[] plans = ["school-monthly", "school-yearly", "studio-monthly", "studio-yearly"];
        List<string?> keys = [];
        await BillingApplication.Until(
            async () =>
            {
                keys = [.. (await application.Stripe("/v1/prices?limit=100")).Select(price => (string?)price!["lookup_key"])];
                return !plans.Except(keys).Any();
            },
            TimeSpan.FromSeconds(60),
            () => $"only {string.Join(", ", keys)}; the application said: {application.Application.Process.Output}");
    }

    [Fact]
    public async Task Policies_are_the_operator_s()
    {
        const string Path = "/api/v1/admin/dunning-policies/studio-monthly";
        var policy = await application.Call(HttpMethod.Get, Path, key: Operator);
        Assert.Equal("""{"tryDays":[1,3,5,7,14,21],"ending":"cancel"}""", policy!.ToJsonString());
        await application.Call(HttpMethod.Put, Path, new { tryDays = new[] { 2, 4 }, ending = "pause" }, Operator);
        Assert.Equal("""{"tryDays":[2,4],"ending":"pause"}""", (await application.Call(HttpMethod.Get, Path, key: Operator))!.ToJsonString());
        await Refused(HttpMethod.Put, Path, new { tryDays = new[] { 4, 2 }, ending = "pause" }, 422, "invalid_policy", Operator);
        await Refused(HttpMethod.Get, "/api/v1/admin/dunning-policies/gold", null, 404, "unknown_plan", Operator);
        await Refused(HttpMethod.Get, Path, null, 403, "scope_missing");
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_not_found_and_a_cursor_of_nobody_s_is_refused()
    {
        foreach (var command in (string[])["retry-now", "pause", "resume", "stop"])
        {
            await Refused(HttpMethod.Post, $"/api/v1/billing/dunning/in_nothing/{command}", null, 404, "dunning_not_found");
        }

        await Refused(HttpMethod.Get, "/api/v1/billing/dunning/in_nothing", null, 404, "dunning_not_found");
        await Refused(HttpMethod.Get, "/api/v1/billing/dunning?cursor=bm9uc2Vuc2U", null, 400, "invalid_cursor");
        await Refused(HttpMethod.Get, "/api/v1/billing/dunning?status=sad", null, 400, "invalid_parameter");
    }

    [Fact]
    public async Task Every_sample_event_is_accepted_and_a_repetition_too()
    {
        if (Repository.Contracts is not { } contracts)
        {
            Assert.Skip("The fact sheets (../shared) are not here.");
            return;
        }

        using var samples = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(contracts, "stripe", "sample-events.json")));
        foreach (var sample in samples.RootElement.GetProperty("events").EnumerateArray())
        {
            Assert.Equal(200, await application.PostEvent(sample.GetRawText()));
            Assert.Equal(200, await application.PostEvent(sample.GetRawText()));
        }
    }

    [Fact]
    public async Task A_bad_signature_is_400_and_a_body_over_512_KB_413()
    {
        const string Body = """{"id":"evt_bad","type":"charge.refunded"}""";
        Assert.Equal(400, await application.PostEvent(Body, "t=1,v1=00"));
        Assert.Equal(200, await application.PostEvent($$"""{"id":"evt_large","type":"charge.refunded","pad":"{{new string('x', (512 * 1024) - 60)}}"}"""));
        Assert.Equal(413, await application.PostEvent($$"""{"id":"evt_too_large","type":"charge.refunded","pad":"{{new string('x', 512 * 1024)}}"}"""));
    }

    [Fact]
    public async Task Two_hundred_webhooks_at_once_are_all_accepted_and_each_is_applied_once()
    {
        var unique = Guid.NewGuid().ToString("N");
        string Event(int number) => $$"""
            {"id":"evt_{{unique}}_{{number}}","object":"event","api_version":"2026-07-29.dahlia","created":1790000000,"type":"invoice.payment_failed",
             "livemode":false,"data":{"object":{"id":"in_{{unique}}_{{number}}","object":"invoice","customer":"cus_{{unique}}"} } }
            """;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => application.PostEvent(Event(number))));
        Assert.All(answers, answer => Assert.Equal(200, answer));
        var sql = $"SELECT count(*) FROM toolbox.handled_messages WHERE consumer = 'stripe-events' AND message_id LIKE 'evt_{unique}%'";
        await BillingApplication.Until(async () => await application.Count(sql) == 200, TimeSpan.FromSeconds(60), () => "not all were applied");
    }

    private async Task Refused(HttpMethod method, string path, object? body, int status, string code, string key = Key)
    {
        using var answer = await application.Send(method, path, body, key);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((status, code), ((int)answer.StatusCode, (string?)problem!["code"]));
    }
}

/// <summary>The lines of the guide, as they stand.</summary>
[Collection("billing application")]
public sealed class WorkedExampleTests(BillingApplication application)
{
    [Fact]
    public async Task The_guide_s_lines_do_what_the_guide_says()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "dunning.md"));
        var script = guide.Split("```sh\n")[1].Split("```")[0].Replace("http://localhost:7071", application.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-euc", script.Replace("\ncurl", "\necho; curl", StringComparison.Ordinal)]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, said + await bash.StandardError.ReadToEndAsync());

        var runs = (await application.Call(HttpMethod.Get, "/api/v1/billing/dunning"))!["items"]!.AsArray();
        Assert.Equal(["cancelled", "recovered"], runs.Select(run => (string?)run!["status"]));

        // How long before the end of the 32 days the month's renewal was depends on the month.
        var tries = runs[1]!["tries"]!.AsArray();
        var lasted = (DateTimeOffset)tries[^1]!["at"]! - (DateTimeOffset)runs[1]!["startedAt"]!;
        var declined = new[] { 1, 3, 5, 7 }.Count(day => TimeSpan.FromDays(day) < lasted);
        Assert.InRange(declined, 3, 4);
        Assert.Equal([.. Enumerable.Repeat("declined", declined), "paid"], tries.Select(made => (string?)made!["result"]));
        Assert.Equal(6, runs[0]!["tries"]!.AsArray().Count);
        Assert.Equal(
            ["payment_failed", "payment_failed", "payment_failed", "payment_failed", "payment_failed", "final_notice", "cancelled"],
            runs[0]!["mails"]!.AsArray().Select(mail => (string?)mail!["template"]));
        Assert.Equal("canceled", (string?)(await application.Call(HttpMethod.Get, "/api/v1/billing/subscription"))!["status"]);

        var mails = (await application.Call(HttpMethod.Get, "/local/mailbox?to=billing@demo.example"))!["items"]!.AsArray();
        Assert.Equal(runs.Sum(run => run!["mails"]!.AsArray().Count), mails.Count);
        Assert.Equal(HttpStatusCode.Conflict, (await application.Send(HttpMethod.Post, $"/api/v1/billing/dunning/{runs[0]!["invoiceId"]}/stop")).StatusCode);
    }
}
