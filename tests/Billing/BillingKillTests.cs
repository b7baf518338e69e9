using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Billing;

/// <summary>The worked example, while the application is killed at random moments of it.</summary>
[Collection("billing application")]
public sealed class BillingKillTests : IAsyncLifetime
{
    private const int Kills = 20;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan StepWhileKilling = TimeSpan.FromDays(3);             // so that the kills fall on the whole example
    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(5);
    private readonly BillingApplication application = new();
    private readonly ConcurrentQueue<string> diary = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private string lastRefusal = "";

    public ValueTask InitializeAsync() => application.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
    }

    [Fact]
    public async Task Killed_twenty_times_no_invoice_is_paid_twice_nothing_is_stuck_and_no_mail_is_sent_twice()
    {
        var began = (await Now()).Date;
        var killing = KillAtRandom();
        await Insist(HttpMethod.Post, "/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" }, orElse: HttpStatusCode.Conflict);
        await Insist(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" });
        await MoveTo(began.AddDays(37), killing);
        await Insist(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_visa" });
        await MoveTo(began.AddDays(38), killing);
        await Insist(HttpMethod.Put, "/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" });
        await MoveTo(began.AddDays(75), killing);
        Assert.Equal(Kills, await killing.WaitAsync(MoveLimit));
        await MoveTo(began.AddDays(95), killing);

        var runs = (await application.Call(HttpMethod.Get, "/api/v1/billing/dunning"))!["items"]!.AsArray();
        Assert.Equal(["cancelled", "recovered"], runs.Select(run => (string?)run!["status"]));
        Assert.Equal(6, runs[0]!["tries"]!.AsArray().Count(made => (string?)made!["result"] == "declined"));
        Assert.Equal("paid", (string?)runs[1]!["tries"]!.AsArray()[^1]!["result"]);

        var charges = await application.Stripe("/v1/charges?limit=100");
        var paid = await application.Stripe("/v1/invoices?status=paid&limit=100");
        Assert.Equal(paid.Count, charges.Count(charge => (string?)charge!["status"] == "succeeded"));

        // Each try charged once; the first failure of each invoice was Stripe's own.
        var declined = runs.Sum(run => run!["tries"]!.AsArray().Count(made => (string?)made!["result"] == "declined"));
        Assert.Equal(declined + runs.Count, charges.Count(charge => (string?)charge!["status"] == "failed"));

        var mails = (await application.Call(HttpMethod.Get, "/local/mailbox?to=billing@demo.example"))!["items"]!.AsArray();
        var told = runs.SelectMany(run => run!["mails"]!.AsArray()).Select(mail => (string?)mail!["messageId"]).ToList();
        Assert.Equal(told.Order(StringComparer.Ordinal), mails.Select(mail => (string?)mail!["messageId"]).Order(StringComparer.Ordinal));
    }

    private async Task<int> KillAtRandom()
    {
        var random = new Random(7);
        var kills = 0;
        while (kills < Kills)
        {
            await Task.Delay(random.Next(20, 1_500));
            await application.Application.Process.KillAsync();
            kills++;
            Note($"kill {kills}");
            await application.Application.RestartAsync();
        }

        return kills;
    }

    /// <summary>Moves the clock in steps, so that there is something to kill, and goes on from where a kill left it.</summary>
    private async Task MoveTo(DateTime time, Task<int> killing)
    {
        var end = watch.Elapsed + MoveLimit;
        while (await Now() is var now && now < time)
        {
            Assert.True(watch.Elapsed < end, $"The clock does not reach {time:u}, it stands at {now:u}. {Diary()}");
            var most = killing.IsCompleted ? LongestStep : StepWhileKilling;
            var step = time - now < most ? time - now : most;
            Note($"at {now:u}: advance {step} {await Try(HttpMethod.Post, "/local/clock/advance", new { by = System.Xml.XmlConvert.ToString(step) })}");
            if (killing.IsFaulted)
            {
                await killing;
            }
        }
    }

    private async Task<DateTime> Now()
    {
        var body = await Insist(HttpMethod.Get, "/local/clock");
        return DateTimeOffset.Parse((string)JsonNode.Parse(body)!["now"]!).UtcDateTime;
    }

    /// <summary>Asks until there is an answer, as a user does whose connection broke.</summary>
    private async Task<string> Insist(HttpMethod method, string path, object? body = null, HttpStatusCode? orElse = null)
    {
        var end = watch.Elapsed + AnswerLimit;
        while (true)
        {
            var (status, text) = await Try(method, path, body);
            if (status is { } answered && ((int)answered < 300 || answered == orElse))
            {
                return text;
            }

            lastRefusal = $"{method} {path}: {status} {text}";
            Assert.True(watch.Elapsed < end, $"No success in {AnswerLimit}. {Diary()}");
        }
    }

    /// <summary>One call; no status when the connection broke, as it does at a kill.</summary>
    private async Task<(HttpStatusCode? Status, string Text)> Try(HttpMethod method, string path, object? body)
    {
        try
        {
            using var answer = await application.Send(method, path, body);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            await Task.Delay(100);
            return (null, e.Message);
        }
    }

    private void Note(string what) => diary.Enqueue($"{watch.Elapsed.TotalSeconds,6:F1} s {what}");

    private string Diary() => $"Last refusal: {lastRefusal}\nLast of all:\n" + string.Join('\n', diary.TakeLast(40)) + "\nThe application said:\n" + application.Application.Process.Output;
}
