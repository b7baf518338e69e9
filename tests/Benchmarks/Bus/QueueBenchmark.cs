using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Bus;

/// <summary>
/// What a message costs in a queue of a million beside one of a thousand, in turns, in one table; and what a receive meets behind many
/// that were taken, before and after a vacuum.
/// </summary>
internal static class QueueBenchmark
{
    private const int Long = 1_000_000;
    private const int Short = 1_000;
    private const int Turns = 5;
    private const int Messages = 1_000;
    private const int Taken = 20_000;

    public static async Task Run(Results results)
    {
        await using var run = await BusRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        await Commits.MustBeDurable(database);
        await FillAsync(run, database, "short", Short);
        await FillAsync(run, database, "long", Long);
        await ExecuteAsync(database, "VACUUM ANALYZE servicebus.messages");
        var (shorts, longs) = (new List<(double Sent, double Received)>(), new List<(double Sent, double Received)>());
        for (var turn = 0; turn < Turns; turn++)
        {
            shorts.Add(await TurnAsync(run, "short"));
            longs.Add(await TurnAsync(run, "long"));
        }

        const string Beside = "1,000 in the queue";
        results.Add(new("queue", "sent by the hundred, 1,000,000 in the queue", "a second", Middle(longs, one => one.Sent), Beside, Middle(shorts, one => one.Sent)));
        results.Add(new(
            "queue", "received and settled by the hundred, 1,000,000 in the queue", "a second", Middle(longs, one => one.Received), Beside, Middle(shorts, one => one.Received)));
        var few = await BlocksAsync(run, database, "short");
        results.Add(new("queue", "a message sent, received and settled, 1,000,000 in the queue", "blocks", await BlocksAsync(run, database, "long"), Beside, few, "1"));
        await run.Drain("long", Taken);
        results.Add(new("queue", "the same behind 20,000 more that were taken", "blocks", await BlocksAsync(run, database, "long"), Beside, few));
        await ExecuteAsync(database, "VACUUM servicebus.messages");
        results.Add(new("queue", "the same after a vacuum", "blocks", await BlocksAsync(run, database, "long"), Beside, few));
        const string Size = "SELECT pg_relation_size('servicebus.messages_available')::float8 / (SELECT count(*) FROM servicebus.messages WHERE state = 0)";
        results.Add(new("queue", "index that a receive walks, a message", "bytes", await ScalarAsync(database, Size)));
    }

    private static async Task<(double Sent, double Received)> TurnAsync(BusRun run, string queue)
    {
        var started = Stopwatch.GetTimestamp();
        await run.Fill(queue, Messages);
        var sent = Messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
        started = Stopwatch.GetTimestamp();
        await run.Drain(queue, Messages);
        return (sent, Messages / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<double> BlocksAsync(BusRun run, NpgsqlDataSource database, string queue)
    {
        var before = await Commits.Blocks(database);
        await TurnAsync(run, queue);
        return (await Commits.Blocks(database) - before) / (double)Messages;
    }

    private static double Middle(List<(double Sent, double Received)> turns, Func<(double Sent, double Received), double> of) =>
        turns.Select(of).Order().ElementAt(turns.Count / 2);

    /// <summary>Copies one message so often: a million are there in a minute.</summary>
    private static async Task FillAsync(BusRun run, NpgsqlDataSource database, string queue, int count)
    {
        await run.Client.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("x"));
        await ExecuteAsync(database, $"""
            INSERT INTO servicebus.messages (entity_id, dead, sequence, state, message_id, enqueued_sequence, enqueued_at, envelope, body)
            SELECT m.entity_id, false, n, 0, 'm' || n, n, m.enqueued_at, m.envelope, m.body
            FROM servicebus.entities q JOIN servicebus.messages m ON m.entity_id = q.id, generate_series(2, {count}) n WHERE q.key = '{queue}'
            """);
        await ExecuteAsync(database, $"SELECT setval('servicebus.sequence_' || id, {count}) FROM servicebus.entities WHERE key = '{queue}'");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<double> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (double)(await command.ExecuteScalarAsync())!;
    }
}
