using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ToolboxAI.Local.Simulators;

/// <summary>
/// Delivers a service's webhooks, at least once and in the order in which they are due. A row stays until a 2xx came, so a
/// simulator that dies in between delivers it again; a failed one is due again when the service would retry.
/// </summary>
internal sealed partial class DeliveryRunner(SimulatorContext context, ISimulator simulator, HttpClient http)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);
    private readonly ILogger logger = context.Loggers.CreateLogger<DeliveryRunner>();

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var wakeup = context.WakeupOf(simulator.Service).Next;
                var moved = context.Session.Clock.NextMove();
                var next = await NextAsync(stopping);
                if (next is not null && next.DueAt <= await Runners.NowAsync(context, stopping))
                {
                    await DeliverAsync(next, stopping);
                    continue;
                }

                await Runners.WaitAsync(context, next?.DueAt, wakeup, moved, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                LogDatabaseAway(e, simulator.Service);
                await Task.Delay(AfterFailure, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The delivery is still due: it is tried again until it works.
                LogFailed(e, simulator.Service);
                await Task.Delay(AfterFailure, CancellationToken.None);
            }
        }
    }

    private async Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (await SendAsync(delivery, cancellationToken))
        {
            await ExecuteAsync("DELETE FROM simulators.deliveries WHERE id = $1", cancellationToken, delivery.Id);
        }
        else if (simulator.RetryAfter(delivery.Failures + 1) is { } wait)
        {
            // From the due moment, not from now: an advance of many days gives the same times as many of one day.
            await ExecuteAsync("UPDATE simulators.deliveries SET failures = failures + 1, due_at = due_at + $2 WHERE id = $1",
                cancellationToken, delivery.Id, wait);
        }
        else
        {
            LogGivenUp(simulator.Service, delivery.EventId, delivery.Failures + 1);
            await ExecuteAsync("UPDATE simulators.deliveries SET failures = failures + 1, given_up = true WHERE id = $1", cancellationToken, delivery.Id);
        }
    }

    private async Task<bool> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        foreach (var address in await context.Session.AddressesAsync("application", cancellationToken))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address.TrimEnd('/') + simulator.WebhookPath);
            request.Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json");
            simulator.Sign(request, delivery.Body, TimeProvider.System.GetUtcNow());
            try
            {
                using var response = await http.SendAsync(request, cancellationToken);
                LogAnswered(simulator.Service, delivery.EventId, (int)response.StatusCode);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                // This process is gone or not listening yet: another may take it.
                LogRefused(simulator.Service, delivery.EventId, address);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogUnanswered(e, simulator.Service, delivery.EventId, address);
                return false;
            }
        }

        return false;
    }

    private async Task<Delivery?> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand(
            "SELECT id, event_id, body, due_at, failures FROM simulators.deliveries WHERE service = $1 AND NOT given_up ORDER BY due_at, id LIMIT 1");
        command.Parameters.Add(new() { Value = simulator.Service });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4))
            : null;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = context.Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Delivery(long Id, string EventId, string Body, DateTimeOffset DueAt, int Failures);

    [LoggerMessage(9110, LogLevel.Debug, "Event {EventId} of the {Service} simulator was answered with {Status}")]
    private partial void LogAnswered(string service, string eventId, int status);

    [LoggerMessage(9111, LogLevel.Debug, "Event {EventId} of the {Service} simulator: nobody listens at {Address}")]
    private partial void LogRefused(string service, string eventId, string address);

    [LoggerMessage(9112, LogLevel.Information, "Event {EventId} of the {Service} simulator: no answer from {Address}")]
    private partial void LogUnanswered(Exception exception, string service, string eventId, string address);

    [LoggerMessage(9113, LogLevel.Warning, "Event {EventId} of the {Service} simulator is given up after {Failures} deliveries")]
    private partial void LogGivenUp(string service, string eventId, int failures);

    [LoggerMessage(9115, LogLevel.Error, "A delivery of the {Service} simulator failed; it is tried again")]
    private partial void LogFailed(Exception exception, string service);

    [LoggerMessage(9114, LogLevel.Warning, "The database of the {Service} simulator is away; deliveries wait")]
    private partial void LogDatabaseAway(Exception exception, string service);
}
