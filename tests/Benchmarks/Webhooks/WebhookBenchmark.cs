using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>
/// Stripe's events per second, from the request until they are applied (signature, inbox, outbox, queue, a reading at Stripe, the tenant's
/// account under its lock, consumer's inbox), all of one tenant's customer, beside commits of one row per second of the same PostgreSQL.
/// </summary>
internal static class WebhookBenchmark
{
    private const int Clients = 16;
    private const int WarmUp = 3_000;         // until the just-in-time compiler has come to rest
    private const string OneRow =
        "INSERT INTO toolbox.inbox (sender, event_id, type, outcome, received_at) VALUES ('benchmark', $1::int || '-' || $2::bigint, 'row', 'ignored', '2026-01-31')";
    private static readonly TimeSpan CommitsFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task Run(Results results, int events)
    {
        var data = Directory.CreateTempSubdirectory("toolboxai-bench-").FullName;
        var services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        try
        {
            var file = Path.Combine(data, "services.json");
            await Until(() => Task.FromResult(System.IO.File.Exists(file)));
            await using var application = await RunningApplication.StartAsync(attach: file);
            var settings = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(file))!["Values"]!;
            await using var database = NpgsqlDataSource.Create(settings["DatabaseConnection"]!.GetValue<string>());

            var happened = await Subscribe(application, new(settings["Stripe__ApiBase"]!.GetValue<string>()));
            await PostAndApply(application, database, "warm", WarmUp, happened);
            var (accepted, applied) = await PostAndApply(application, database, "run", events, happened);
            await Commits.MustBeDurable(database);
            var commits = await Commits.PerSecond(database, Clients, CommitsFor, OneRow);
            results.Add(new("webhooks", "Stripe's events accepted, 16 clients", "a second", events / accepted.Elapsed.TotalSeconds, "one-row commits, 16 connections", commits));
            results.Add(new("webhooks", "Stripe's events accepted, p99", "ms", accepted.At(0.99)));
            results.Add(new(
                "webhooks", "Stripe's events applied, from the first request to the last", "a second", events / applied.TotalSeconds, "one-row commits, 16 connections", commits, "≥ 0.5"));
            results.Add(new("webhooks", "Stripe's events, from arrival to applied, p99", "ms", await UntilApplied(database, "run")));
        }
        finally
        {
            await services.TerminateAsync();
            await services.EndAsync(TimeSpan.FromSeconds(30));
            await services.DisposeAsync();
            await RunningApplication.DeleteAsync(data);
        }
    }

    /// <summary>The tenant subscribes and pays; the events that tell of it, in turns: its invoice, its subscription, its customer.</summary>
    private static async Task<(string Type, string Object)[]> Subscribe(RunningApplication application, Uri stripe)
    {
        using var subscribe = new HttpRequestMessage(HttpMethod.Post, "/api/v1/billing/subscription")
        {
            Content = new StringContent("""{"plan":"school-monthly","paymentMethod":"pm_card_visa"}""", Encoding.UTF8, "application/json"),
            Headers = { { "X-Api-Key", "tbx_local_development_key" } },
        };
        using var answer = await application.Http.SendAsync(subscribe);
        answer.EnsureSuccessStatusCode();
        using var client = new HttpClient { BaseAddress = stripe, DefaultRequestHeaders = { Authorization = new("Bearer", "sk_test_local") } };
        return [await Newest("invoice.paid", "invoices"), await Newest("customer.subscription.updated", "subscriptions"), await Newest("customer.updated", "customers")];

        async Task<(string, string)> Newest(string type, string path)
        {
            var newest = JsonNode.Parse(await client.GetStringAsync($"/v1/{path}?limit=1"))!["data"]![0]!;
            var about = new JsonObject { ["id"] = (string)newest["id"]!, ["object"] = (string)newest["object"]!, ["customer"] = (string?)newest["customer"] };
            return (type, about.ToJsonString());
        }
    }

    private static async Task<(LoadResult Accepted, TimeSpan Applied)> PostAndApply(
        RunningApplication application, NpgsqlDataSource database, string name, int events, (string Type, string Object)[] happened)
    {
        var (started, times) = (Stopwatch.GetTimestamp(), new double[events]);
        await Parallel.ForEachAsync(Enumerable.Range(0, events), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (number, ct) =>
        {
            var began = Stopwatch.GetTimestamp();
            var (type, about) = happened[number % happened.Length];
            var body = $$"""
                {"id":"evt_{{name}}_{{number}}","object":"event","api_version":"{{StripeConfiguration.ApiVersion}}","created":1790000000,
                 "type":"{{type}}","livemode":false,"data":{"object":{{about}} } }
                """;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Stripe-Signature", EventUtility.GenerateSignatureHeader(body, "whsec_local"));
            using var answer = await application.Http.SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
            times[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        });
        var accepted = new LoadResult([.. times.Order()], Stopwatch.GetElapsedTime(started));
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM toolbox.handled_messages h JOIN toolbox.inbox i USING (message_id) WHERE i.event_id LIKE $1");
        command.Parameters.Add(new() { Value = $"evt\\_{name}\\_%" });
        await Until(async () => (long)(await command.ExecuteScalarAsync())! >= events);
        return (accepted, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The time from the arrival of an event until its change was written that 99 of a hundred did not exceed, in milliseconds.</summary>
    private static async Task<double> UntilApplied(NpgsqlDataSource database, string name)
    {
        await using var command = database.CreateCommand("""
            SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY h.handled_at - i.received_at)
            FROM toolbox.handled_messages h JOIN toolbox.inbox i USING (message_id) WHERE i.event_id LIKE $1
            """);
        command.Parameters.Add(new() { Value = $"evt\\_{name}\\_%" });
        return ((TimeSpan)(await command.ExecuteScalarAsync())!).TotalMilliseconds;
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException("It took more than five minutes.");
            }

            await Task.Delay(50);
        }
    }
}
