using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>What an event of Stripe's costs, from the webhook until it is applied, beside more and more events that were applied before.</summary>
internal static class WebhookGrowth
{
    private const int Events = 1_000;
    private const int AtOnce = 100;

    /// <summary>The rows that an applied event leaves: of the inbox, of the outbox, of the consumer's inbox.</summary>
    private static readonly string[] Applied =
    [
        """
        INSERT INTO toolbox.inbox (sender, event_id, type, message_id, outcome, received_at)
        SELECT 'stripe', 'evt_old_' || n, 'invoice.paid', 'evt_old_' || n, 'queued', '2026-01-01' FROM generate_series($1::int + 1, $2) n
        """,
        """
        INSERT INTO toolbox.outbox (id, queue, body, created_at, claimed_until, sent_at)
        SELECT 'msg_old_' || n, 'stripe-events', '{}', '2026-01-01', '2026-01-01', '2026-01-01' FROM generate_series($1::int + 1, $2) n
        """,
        """
        INSERT INTO toolbox.handled_messages (consumer, message_id, tenant, outcome, handled_at)
        SELECT 'stripe-events', 'evt_old_' || n, 'demo', 'paid', '2026-01-01' FROM generate_series($1::int + 1, $2) n
        """,
    ];

    public static async Task Grow(Results results, int unit)
    {
        await using var run = await WebhookRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        List<GrowthPoint> times = [], blocks = [];
        var stored = 0;
        foreach (var wanted in (int[])[unit, unit * 10, unit * 100])
        {
            await FillAsync(database, stored, wanted);
            stored = wanted;
            var before = await Commits.Blocks(database);
            var started = Stopwatch.GetTimestamp();
            for (var posted = 0; posted < Events; posted += AtOnce)
            {
                await run.PostAsync(AtOnce);
                await run.ApplyAsync();
            }

            times.Add(new(wanted, Stopwatch.GetElapsedTime(started).TotalMilliseconds / Events));
            blocks.Add(new(wanted, (await Commits.Blocks(database) - before) / (double)Events));
        }

        results.Grew(new Growth("webhooks: an event taken in and applied, a hundred at once", "ms", "events applied before", times));
        results.Grew(new Growth("webhooks: an event taken in and applied, a hundred at once", "blocks", "events applied before", blocks));
    }

    private static async Task FillAsync(NpgsqlDataSource database, int from, int to)
    {
        foreach (var sql in Applied)
        {
            await using var insert = database.CreateCommand(sql);
            insert.Parameters.Add(new() { Value = from });
            insert.Parameters.Add(new() { Value = to });
            await insert.ExecuteNonQueryAsync();
        }

        await using var analyze = database.CreateCommand("ANALYZE toolbox.inbox, toolbox.outbox, toolbox.handled_messages");
        await analyze.ExecuteNonQueryAsync();
    }
}
