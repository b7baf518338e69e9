using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Runs a function because an operator asked for it: answers at once, runs behind the answer. Disabled functions run too. A stop of the
/// host waits for what runs as it does for what the triggers started.
/// </summary>
internal sealed partial class AdminInvocations(
    FunctionCatalog catalog, FunctionInvoker invoker, HttpFunctions http, IHostApplicationLifetime lifetime, ILogger<AdminInvocations> log)
    : IDisposable
{
    private readonly Draining draining = new();
    private readonly ConcurrentDictionary<Task, byte> running = [];

    public async Task<IResult> InvokeAsync(string name, HttpContext context)
    {
        if (catalog.Find(name) is not { } function)
        {
            return Results.NotFound();
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        if (!context.Request.HasJsonContentType())
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        string? input;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            input = body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("input", out var value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
                : null;
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }

        var aborting = draining.Aborting;
        var run = Task.Run(() => RunAsync(function, input, aborting), CancellationToken.None);
        running.TryAdd(run, 0);
        _ = run.ContinueWith(ended => running.TryRemove(ended, out _), TaskScheduler.Default);
        return Results.Accepted();
    }

    /// <summary>Waits for what runs until <paramref name="graceOver"/>, then tells it to stop.</summary>
    public Task StopAsync(CancellationToken graceOver) => draining.StopAsync(RestAsync(), graceOver);

    public void Dispose() => draining.Dispose();

    private async Task RestAsync()
    {
        while (running.Keys.Where(run => !run.IsCompleted).ToList() is { Count: > 0 } left)
        {
            await Task.WhenAll(left).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(LocalFunction function, string? input, CancellationToken aborting)
    {
        try
        {
            if (function.Trigger.Type == "httpTrigger")
            {
                await http.RunAsync(function, input, aborting).ConfigureAwait(false);
            }
            else
            {
                object? value = function.Trigger.Type == "timerTrigger" ? new TimerInfo() : input;
                await invoker.InvokeAsync(function, value, cancellationToken: aborting).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogFailed(log, e, function.Name);
        }
    }

    [LoggerMessage(50, LogLevel.Error, "The function {Function}, run by an operator, could not be run")]
    private static partial void LogFailed(ILogger log, Exception exception, string function);
}
