using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks;

/// <summary>
/// Stripe's events per second, from the request until they are applied (signature, inbox, outbox, queue, a reading at Stripe,
/// consumer's inbox), beside commits of one row per second of the same PostgreSQL.
/// </summary>
internal static class WebhookBenchmark
{
    private const int Clients = 16;
    private static readonly TimeSpan CommitsFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<int> Run(int events)
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

            await PostAndApply(application, database, "warm", 200);
            var (accepted, applied) = await PostAndApply(application, database, "run", events);
            var commits = await Commits(database);
            Console.WriteLine($"""
                {events} events, {Clients} clients
                accepted      {events / accepted.TotalSeconds,8:F0} a second
                applied       {events / applied.TotalSeconds,8:F0} a second, from the first request to the last event applied
                one-row commits {commits,6:F0} a second, {Clients} connections, the same PostgreSQL, fsync {await Fsync(database)}
                ratio         {events / applied.TotalSeconds / commits,8:F3} applied events per commit
                """);
            return 0;
        }
        finally
        {
            await services.EndAsync(TimeSpan.FromSeconds(30));
            await services.DisposeAsync();
            await RunningApplication.DeleteAsync(data);
        }
    }

    private static async Task<(TimeSpan Accepted, TimeSpan Applied)> PostAndApply(RunningApplication application, NpgsqlDataSource database, string name, int events)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, events), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (number, ct) =>
        {
            var body = $$"""
                {"id":"evt_{{name}}_{{number}}","object":"event","api_version":"{{StripeConfiguration.ApiVersion}}","created":1790000000,
                 "type":"invoice.payment_failed","livemode":false,"data":{"object":{"id":"in_{{number}}","object":"invoice","customer":"cus_1"} } }
                """;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Stripe-Signature", EventUtility.GenerateSignatureHeader(body, "whsec_local"));
            using var answer = await application.Http.SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
        });
        var accepted = Stopwatch.GetElapsedTime(started);
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM toolbox.handled_messages h JOIN toolbox.inbox i USING (message_id) WHERE i.event_id LIKE $1");
        command.Parameters.Add(new() { Value = $"evt\\_{name}\\_%" });
        await Until(async () => (long)(await command.ExecuteScalarAsync())! >= events);
        return (accepted, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<double> Commits(NpgsqlDataSource database)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            await using var connection = await database.OpenConnectionAsync();
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started) < CommitsFor; count++)
            {
                await using var command = new NpgsqlCommand(
                    "INSERT INTO toolbox.inbox (sender, event_id, type, outcome, received_at) VALUES ('benchmark', $1, 'row', 'ignored', $2)", connection);
                command.Parameters.Add(new() { Value = $"{client}-{count}" });
                command.Parameters.Add(new() { Value = DateTime.UtcNow });
                await command.ExecuteNonQueryAsync();
            }

            return count;
        }));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<string> Fsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SHOW fsync");
        return (string)(await command.ExecuteScalarAsync())!;
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

            await Task.Delay(20);
        }
    }
}
