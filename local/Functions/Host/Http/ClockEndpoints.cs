using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>The moved clock of the installation. Development only.</summary>
internal sealed class ClockEndpoints(LocalInstallation installation, LocalHost host) : ILocalEndpoints
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (installation.IsDevelopment)
        {
            endpoints.MapGet("/local/clock", ReadAsync);
            endpoints.MapPost("/local/clock/advance", AdvanceAsync);
        }
    }

    private async Task ReadAsync(HttpContext http)
    {
        if (await installation.SessionAsync().ConfigureAwait(false) is not { } session)
        {
            await Refuse(http, StatusCodes.Status503ServiceUnavailable, "no_installation", "ToolboxLocal__Database is not set.").ConfigureAwait(false);
            return;
        }

        await http.Response.WriteAsJsonAsync(new { now = session.Clock.GetUtcNow() }).ConfigureAwait(false);
    }

    private async Task AdvanceAsync(HttpContext http)
    {
        if (await installation.SessionAsync().ConfigureAwait(false) is not { } session)
        {
            await Refuse(http, StatusCodes.Status503ServiceUnavailable, "no_installation", "ToolboxLocal__Database is not set.").ConfigureAwait(false);
            return;
        }

        if (!IsoDuration.TryParse(await ReadBy(http).ConfigureAwait(false), out var by))
        {
            const string Detail = "\"by\" is an ISO 8601 duration of weeks, days, hours, minutes and seconds, for example \"P3D\" or \"PT90M\".";
            await Refuse(http, StatusCodes.Status400BadRequest, "invalid_duration", Detail).ConfigureAwait(false);
            return;
        }

        // Before, nobody listens to what another process left behind, and the clock would pass it by.
        await host.Started.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        try
        {
            // The advance goes on when the caller leaves: half a step would be a clock that nobody asked for.
            var now = await ClockAdvance.RunAsync(session.Database, by, CancellationToken.None).ConfigureAwait(false);
            await http.Response.WriteAsJsonAsync(new { now }).ConfigureAwait(false);
        }
        catch (ClockNotSettledException e)
        {
            await Refuse(http, StatusCodes.Status504GatewayTimeout, "clock_not_settled", e.Message, e).ConfigureAwait(false);
        }
    }

    private static async Task<string?> ReadBy(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted).ConfigureAwait(false);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("by", out var by)
                && by.ValueKind == JsonValueKind.String ? by.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task Refuse(HttpContext http, int status, string code, string detail, ClockNotSettledException? unsettled = null)
    {
        http.Response.StatusCode = status;
        var problem = new
        {
            type = "about:blank",
            title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            status,
            detail,
            code,
            now = unsettled?.At,
            busy = unsettled?.Busy,
        };
        return http.Response.WriteAsJsonAsync(problem, (JsonSerializerOptions?)null, "application/problem+json");
    }
}
