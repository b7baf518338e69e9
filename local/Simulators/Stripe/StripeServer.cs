using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What every request goes through: its id, the key's check, the idempotency key, the faults asked for.</summary>
internal static partial class StripeServer
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Use(WebApplication server, SimulatorContext context)
    {
        var logger = context.Loggers.CreateLogger(typeof(StripeServer));
        var running = new ConcurrentDictionary<string, bool>();
        server.Use(async (http, next) =>
        {
            try
            {
                var request = await StripeRequest.ReadAsync(http);
                http.Features.Set(request);
                http.Response.Headers["request-id"] = request.Id;
                http.Response.Headers["stripe-version"] = StripeWork.ApiVersion;
                Authenticate(http.Request);
                await OneAtATimeAsync(running, context, http, request, next);
            }
            catch (StripeRefusal refusal)
            {
                await WriteAsync(http, refusal.Status, Render(refusal.Body));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A bug of the simulator. Nothing was committed; the original would say no more than this either.
                LogBug(logger, e, http.Request.Method, http.Request.Path);
                await WriteAsync(http, StatusCodes.Status500InternalServerError, Render(StripeRefusal.Fault(500).Body));
            }
        });
        server.UseFaults(context, StripeSimulator.Name, (http, status) => RefuseAsync(context, http, status));

        // Said explicitly, so that routing comes after the faults and not, as by default, before everything.
        server.UseRouting();
        server.MapFallback("{*path}", http =>
            throw StripeRefusal.NoSuchUrl(http.Request.Method, http.Request.Path.Value ?? "/"));
    }

    public static string Render(JsonNode body) => body.ToJsonString(Layout);

    public static async Task WriteAsync(HttpContext http, int status, string body)
    {
        if (status >= 500)
        {
            // A stored 5xx is replayed, so the same request again would not help.
            http.Response.Headers["stripe-should-retry"] = "false";
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body, Encoding.UTF8, http.RequestAborted);
    }

    private static void Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var key = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim()
            : header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? UserOf(header[6..].Trim())
            : null;
        if (key is null || !key.StartsWith("sk_test_", StringComparison.Ordinal) || key.Length == "sk_test_".Length)
        {
            throw StripeRefusal.Unauthorized(string.IsNullOrEmpty(key) ? null : key);
        }
    }

    private static string? UserOf(string credentials)
    {
        var bytes = new byte[credentials.Length];
        return Convert.TryFromBase64String(credentials, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0] : null;
    }

    private static async Task OneAtATimeAsync(
        ConcurrentDictionary<string, bool> running, SimulatorContext context, HttpContext http, StripeRequest request, RequestDelegate next)
    {
        if (request.Key is not { } key)
        {
            await next(http);
            return;
        }

        http.Response.Headers["idempotency-key"] = key;
        if (key.Length > 255)
        {
            throw StripeRefusal.Invalid("Idempotency keys must be at most 255 characters long.");
        }

        if (!running.TryAdd(key, true))
        {
            throw StripeRefusal.KeyInUse(key);
        }

        try
        {
            if (await StoredAnswers.FindAsync(context, request, http.RequestAborted) is { } stored)
            {
                http.Response.Headers["idempotent-replayed"] = "true";
                http.Response.Headers["original-request"] = stored.RequestId;
                await WriteAsync(http, stored.Status, stored.Body);
                return;
            }

            await next(http);
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    /// <summary>Answers with the status that a fault asks for; a 5xx is kept under the key, as if execution had begun.</summary>
    private static async Task RefuseAsync(SimulatorContext context, HttpContext http, int status)
    {
        var refusal = StripeRefusal.Fault(status);
        var request = http.Features.Get<StripeRequest>()!;
        if (refusal.Began && request.Key is not null)
        {
            await using var transaction = await context.BeginAsync(StripeSimulator.Name, http.RequestAborted);
            await StoredAnswers.KeepAsync(transaction, request, status, Render(refusal.Body), http.RequestAborted);
            await transaction.CommitAsync(http.RequestAborted);
        }

        await WriteAsync(http, status, Render(refusal.Body));
    }

    [LoggerMessage(9120, LogLevel.Error, "The Stripe simulator failed at {Method} {Path}")]
    private static partial void LogBug(ILogger logger, Exception exception, string method, string path);
}

/// <summary>A request as it came.</summary>
/// <param name="Id">The id by which it is answered, <c>req_…</c>.</param>
/// <param name="Key">Its idempotency key, on a POST only: Stripe ignores it on GET and DELETE.</param>
/// <param name="Line">Method and path.</param>
/// <param name="Form">Its parameters, from the query or the form, still encoded.</param>
internal sealed record StripeRequest(string Id, string? Key, string Line, string Form)
{
    public static async Task<StripeRequest> ReadAsync(HttpContext http)
    {
        var request = http.Request;
        var form = request.QueryString.HasValue ? request.QueryString.Value![1..] : "";
        if (HttpMethods.IsPost(request.Method))
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(http.RequestAborted);
            form = form.Length == 0 ? body : body.Length == 0 ? form : form + "&" + body;
        }

        var key = HttpMethods.IsPost(request.Method) ? request.Headers["Idempotency-Key"].ToString() : "";
        return new(StripeJson.NewId("req"), key.Length == 0 ? null : key, $"{request.Method} {request.Path}", form);
    }

    /// <summary>The id and key, as events tell which request caused them.</summary>
    public JsonObject ForEvents() => new() { ["id"] = Id, ["idempotency_key"] = Key };

    /// <summary>The parameters in an order of their own, so that only a difference that matters is one.</summary>
    public string Canonical() => string.Join('&', Form.Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
}
