using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// SendGrid's Web API v3 as far as sending goes: <c>POST /v3/mail/send</c>, a mailbox to look into, the suppressions that follow
/// from bounces, and the signed event webhook. What becomes of a mail is decided by its address (<see cref="AddressBehaviour"/>).
/// </summary>
public sealed class SendGridSimulator : ISimulator
{
    private static readonly TimeSpan[] Pauses =
        [.. new[] { 5, 10, 30, 60, 300, 900, 3600 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    // An event is posted again for 24 hours: the pauses above, then one each hour.
    private const int MostFailures = 30;

    private WebhookKey? key;

    /// <inheritdoc/>
    public string Service => "sendgrid";

    /// <inheritdoc/>
    public string WebhookPath => "/api/v1/webhooks/sendgrid";

    /// <inheritdoc/>
    public string Script => Mailbox.Script + ApiKeys.Script;

    /// <inheritdoc/>
    public void Map(WebApplication server, SimulatorContext context)
    {
        server.UseFaults(context, Service, (http, status) => RefuseAsync(http, MailErrors.Of(status), status));
        server.UseStatusCodePages(page => RefuseAsync(page.HttpContext, MailErrors.Of(page.HttpContext.Response.StatusCode), page.HttpContext.Response.StatusCode));
        var keys = new ApiKeys(context);
        server.Use((http, next) => AuthorizeAsync(http, keys, next));
        server.UseRouting();
        keys.Map(server);
        server.MapPost("/v3/mail/send", http => new MailSend(context).HandleAsync(http));
        server.MapGet("/v3/scopes", http => http.Response.WriteAsJsonAsync(new { scopes = (string[])["mail.send", "sender_verification_eligible"] }));
    }

    /// <inheritdoc/>
    public void MapLocal(IEndpointRouteBuilder routes, SimulatorContext context) =>
        routes.MapGet("/local/mailbox", async (string? to, CancellationToken ct) =>
            Results.Json(new { items = await Mailbox.ListAsync(context.Session, to, ct) }));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(
        string address, SimulatorContext context, CancellationToken cancellationToken)
    {
        key = await WebhookKey.LoadAsync(context.Session, cancellationToken);
        return new Dictionary<string, string>
        {
            ["SendGrid__ApiBase"] = address,
            ["SendGrid__WebhookPublicKey"] = key.PublicKey,
        };
    }

    /// <inheritdoc/>
    public Task RunAsync(ScheduledAction action, SimulatorTransaction transaction, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"This simulator schedules nothing, not even {action.Kind}.");

    /// <inheritdoc/>
    public void Sign(HttpRequestMessage request, string body, DateTimeOffset machineTime)
    {
        var timestamp = machineTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Timestamp", timestamp);
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Signature", key!.Sign(timestamp, body));
    }

    /// <inheritdoc/>
    public TimeSpan? RetryAfter(int failures) =>
        failures >= MostFailures ? null : Pauses[Math.Min(failures, Pauses.Length) - 1];

    internal static Task RefuseAsync(HttpContext http, MailErrors errors, int status)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(errors, JsonSerializerOptions.Web, "application/json", http.RequestAborted);
    }

    private static async Task AuthorizeAsync(HttpContext http, ApiKeys keys, RequestDelegate next)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer SG.", StringComparison.Ordinal) && !await keys.IsDeletedAsync(authorization, http.RequestAborted))
        {
            await next(http);
            return;
        }

        var errors = authorization.Length == 0
            ? MailErrors.Of(401)
            : new MailErrors([new("The provided authorization grant is invalid, expired, or revoked")]);
        await RefuseAsync(http, errors, StatusCodes.Status401Unauthorized);
    }
}
