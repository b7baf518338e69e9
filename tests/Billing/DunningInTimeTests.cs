using System.Net;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Billing;

/// <summary>Whole runs on applications of their own: how time is moved makes no difference, and what a person asks of a run is seen at once.</summary>
[Collection("billing application")]
public sealed class DunningInTimeTests(DunningInTimeTests.OwnApplication own) : IClassFixture<DunningInTimeTests.OwnApplication>
{
    private const string Other = "tbx_local_other_key";
    private const string Dunning = "/api/v1/billing/dunning";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly BillingApplication first = own.Application;

    [Fact]
    public async Task One_advance_of_thirty_days_and_thirty_of_one_day_give_the_same_tries_mails_and_times()
    {
        await using var second = new BillingApplication();
        await second.InitializeAsync();
        await FailedRenewal(first);
        await FailedRenewal(second);
        await first.Advance("P30D");
        await DayByDay(second, 30);

        var story = await Story(first);
        Assert.Equal(story, await Story(second));
        Assert.Equal(["0", "1440", "4320", "7200", "10080", "20160", "30240"], story.Where(line => line.StartsWith("mail")).Select(line => line.Split(' ')[^1]));
        Assert.Equal(6, story.Count(line => line.StartsWith("try") && line.Contains("declined")));
        Assert.Contains("cancelled", story[0]);
    }

    [Fact]
    public async Task A_command_answers_the_state_after_it_and_the_caller_s_id_goes_along_to_what_the_run_does_then()
    {
        await FailedRenewal(first, Other);
        var invoice = (string)(await first.Call(HttpMethod.Get, Dunning + "?status=running", key: Other))!["items"]![0]!["invoiceId"]!;
        Task<JsonNode?> Ask(string command, string id) => first.Call(HttpMethod.Post, $"{Dunning}/{invoice}/{command}", key: Other, correlationId: id);
        async Task<JsonNode> Run() => (await first.Call(HttpMethod.Get, $"{Dunning}/{invoice}", key: Other))!;

        Assert.Equal("paused", (string?)(await Ask("pause", "asked-pause"))!["status"]);
        Assert.Equal("paused", (string?)(await Ask("pause", "asked-again"))!["status"]);
        Assert.Equal("running", (string?)(await Ask("resume", "asked-resume"))!["status"]);

        var tries = (await Run())["tries"]!.AsArray().Count;
        await Ask("retry-now", "asked-try");
        await BillingApplication.Until(async () => (await Run())["tries"]!.AsArray().Count > tries, Limit, () => "no extra try was made");
        await Logs(first, line => line.Contains("asked-try") && line.Contains($"dunning-{invoice}/try-{tries + 1}: Declined"));

        // Stripe's own news of the card, which may be faster than the command, would set the run going on its own account.
        foreach (var news in new[] { "customer.updated", "payment_method.attached" })
        {
            await first.Call(HttpMethod.Post, "/local/faults", new { service = "stripe", request = news, fault = "drop-event", times = 10 });
        }

        await first.Call(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_visa" }, Other, "gave-card");
        await BillingApplication.Until(async () => (string?)(await Run())["status"] == "recovered", Limit, () => "the new card was not tried");
        await BillingApplication.Until(
            async () => (await Run())["mails"]!.AsArray()[^1]!["sentAt"] is not null, Limit, () => "the mail did not leave");
        await Logs(first, line => line.Contains("gave-card") && line.Contains($"dunning-{invoice}/try-{tries + 2}: Paid"));
        await Logs(first, line => line.Contains("gave-card") && line.Contains("recovered of other was accepted"));
        Assert.Equal(1, await first.Count("SELECT count(*) FROM toolbox.outbox WHERE correlation_id = 'gave-card' AND queue = 'email'"));

        await first.Call(HttpMethod.Delete, "/local/faults");
        using var late = await first.Send(HttpMethod.Post, $"{Dunning}/{invoice}/stop", key: Other);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    private static async Task FailedRenewal(BillingApplication application, string key = "tbx_local_development_key")
    {
        await application.Call(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, key);
        await application.Call(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" }, key);
        await application.Advance("P31DT2H");
    }

    private static async Task DayByDay(BillingApplication application, int days)
    {
        for (var day = 0; day < days; day++)
        {
            await application.Advance("P1D");
        }
    }

    /// <summary>The run with its times in minutes since it started: what is due at a moment is done within seconds of it, on a busy machine too.</summary>
    private static async Task<List<string>> Story(BillingApplication application)
    {
        var run = Assert.Single((await application.Call(HttpMethod.Get, Dunning))!["items"]!.AsArray())!;
        var mailbox = (await application.Call(HttpMethod.Get, "/local/mailbox?to=billing@demo.example"))!["items"]!.AsArray();
        var start = (DateTimeOffset)run["startedAt"]!;
        string At(JsonNode? time) => Math.Round(((DateTimeOffset)time! - start).TotalMinutes).ToString("F0");
        return
        [
            $"{run["status"]} {run["stage"]}",
            .. run["tries"]!.AsArray().Select(made => $"try {made!["number"]} {made["result"]} {made["declineCode"]} {At(made["at"])}"),
            .. run["mails"]!.AsArray().Select(mail => $"mail {mail!["template"]} {At(mail["sentAt"])}"),
            .. mailbox.Select(mail => $"received {mail!["subject"]} {At(mail["sentAt"])}"),
        ];
    }

    /// <summary>An application whose clock these tests move.</summary>
    public sealed class OwnApplication : IAsyncLifetime
    {
        public BillingApplication Application { get; } = new();

        public ValueTask InitializeAsync() => Application.InitializeAsync();

        public ValueTask DisposeAsync() => Application.DisposeAsync();
    }

    /// <summary>The line is written; what another process writes comes a moment later.</summary>
    private static Task Logs(BillingApplication application, Func<string, bool> line) => BillingApplication.Until(
        () => Task.FromResult(Log(application).Any(line)), Limit, () => $"no such line in:\n{string.Join('\n', Log(application))}");

    private static string[] Log(BillingApplication application) => application.Application.Process.Output.Split('\n');
}
