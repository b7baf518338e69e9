using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs a function because an operator asked for it: answers at once, runs behind the answer. Disabled functions run too.</summary>
internal sealed partial class AdminInvocations(
    FunctionCatalog catalog, FunctionInvoker invoker, HttpFunctions http, IHostApplicationLifetime lifetime, ILogger<AdminInvocations> log)
{
    public async Task<IResult> InvokeAsync(string name, HttpContext context)
    {
        if (catalog.Find(name) is not { } function)
        {
            return Results.NotFound();
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

        _ = Task.Run(() => RunAsync(function, input), CancellationToken.None);
        return Results.Accepted();
    }

    private async Task RunAsync(LocalFunction function, string? input)
    {
        try
        {
            var stopping = lifetime.ApplicationStopping;
            if (function.Trigger.Type == "httpTrigger")
            {
                await http.RunAsync(function, input, stopping).ConfigureAwait(false);
            }
            else
            {
                object? value = function.Trigger.Type == "timerTrigger" ? new TimerInfo() : input;
                await invoker.InvokeAsync(function, value, cancellationToken: stopping).ConfigureAwait(false);
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
