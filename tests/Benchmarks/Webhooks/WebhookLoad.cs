using System.Diagnostics;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Benchmarks.Http;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>How a load of events went.</summary>
/// <param name="Accepted">The requests.</param>
/// <param name="Applied">From the first request until the last event was applied.</param>
/// <param name="Late">The time from an event's arrival until its change was written that 99 of a hundred did not exceed, in milliseconds.</param>
/// <param name="Processor">Milliseconds of processor time an event, by who used them.</param>
internal sealed record WebhookOutcome(LoadResult Accepted, TimeSpan Applied, double Late, IReadOnlyDictionary<string, double> Processor);

/// <summary>Posts events as Stripe does, on so many kept-alive connections, and waits until they are applied.</summary>
internal sealed class WebhookLoad(RunningApplication application, NpgsqlDataSource database, ProcessorTime processor, int clients)
{
    private const string Route = "/api/v1/webhooks/stripe";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a load.</summary>
    /// <param name="name">Names its events.</param>
    /// <param name="events">How many.</param>
    /// <param name="happening">What the event of a number tells.</param>
    public async Task<WebhookOutcome> Run(string name, int events, Func<int, Happening> happening)
    {
        var address = new Uri($"http://127.0.0.1:{application.Http.BaseAddress!.Port}");
        var requests = Enumerable.Range(0, events).Select(number => Request(address, $"evt_{name}_{number}", happening(number))).ToArray();
        var (before, started, next, times) = (processor.Now(), Stopwatch.GetTimestamp(), -1, new double[events]);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient(address, Route);
            for (int number; (number = Interlocked.Increment(ref next)) < events;)
            {
                var began = Stopwatch.GetTimestamp();
                if (await client.Send(requests[number]) is var got && got != 200)
                {
                    throw new InvalidOperationException($"A genuine event was answered {got}.");
                }

                times[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        })));
        var accepted = new LoadResult([.. times.Order()], Stopwatch.GetElapsedTime(started));
        while (await Query<long>("SELECT count(*) FROM toolbox.handled_messages WHERE consumer = 'stripe-events' AND message_id LIKE $1", name) is var applied && applied != events)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Only {applied} of {events} events were applied in five minutes.");
            }

            await Task.Delay(Look);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var used = ProcessorTime.Per(events, before, processor.Now());
        return new(accepted, elapsed, (await Query<TimeSpan>("""
            SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY h.handled_at - i.received_at)
            FROM toolbox.handled_messages h JOIN toolbox.inbox i USING (message_id) WHERE i.event_id LIKE $1
            """, name)).TotalMilliseconds, used);
    }

    private static byte[] Request(Uri address, string id, Happening happening)
    {
        var body = $$"""
            {"id":"{{id}}","object":"event","api_version":"{{StripeConfiguration.ApiVersion}}","created":1790000000,
             "type":"{{happening.Type}}","livemode":false,"data":{"object":{{happening.About}} } }
            """;
        return RawClient.Post(address, Route, body, "Stripe-Signature: " + EventUtility.GenerateSignatureHeader(body, "whsec_local"));
    }

    private async Task<T> Query<T>(string sql, string name)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = $"evt\\_{name}\\_%" });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
