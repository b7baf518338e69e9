using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>What every request goes through: the limit of calls, the bearer challenge, the faults asked for, the api-version.</summary>
internal static partial class VaultServer
{
    private const string Tenant = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000";

    public static void Use(WebApplication server, SimulatorContext context, VaultThrottle throttle, Func<VaultTokens> tokens)
    {
        var logger = context.Loggers.CreateLogger(typeof(VaultServer));
        server.Use(async (http, next) =>
        {
            http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
            http.Response.Headers["x-ms-keyvault-service-version"] = "1.9.0.0";
            try
            {
                if (throttle.TryTake() is { } wait)
                {
                    http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                    throw VaultRefusal.Throttled();
                }

                Authorize(http, tokens());
                await next(http);
            }
            catch (VaultRefusal refusal)
            {
                await RefuseAsync(http, refusal);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogBug(logger, e, http.Request.Method, http.Request.Path);
                await RefuseAsync(http, VaultRefusal.Fault(500));
            }
        });
        server.UseFaults(context, KeyVaultSimulator.Name, (http, status) => RefuseAsync(http, VaultRefusal.Fault(status)));
        server.Use((http, next) => ApiVersion().IsMatch(http.Request.Query["api-version"].ToString())
            ? next(http)
            : throw VaultRefusal.BadParameter("The query parameter api-version is missing or not one that is known."));

        // Said explicitly, so that routing comes after the faults and not, as by default, before everything.
        server.UseRouting();
        server.MapFallback("{*path}", http => throw new VaultRefusal(StatusCodes.Status404NotFound, "NotFound", $"There is no {http.Request.Method} {http.Request.Path}."));
    }

    /// <summary>An unauthenticated call is told where a token is to be had, and for what.</summary>
    private static void Authorize(HttpContext http, VaultTokens tokens)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal) && tokens.IsGood(authorization["Bearer ".Length..]))
        {
            return;
        }

        http.Response.Headers.WWWAuthenticate = $"Bearer authorization=\"{Tenant}\", resource=\"{VaultTokens.Resource}\"";
        throw authorization.Length == 0
            ? VaultRefusal.Unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
            : VaultRefusal.Unauthorized("AKV10032: The token is not for this vault, or has expired.");
    }

    private static Task RefuseAsync(HttpContext http, VaultRefusal refusal)
    {
        http.Response.StatusCode = refusal.Status;
        if (refusal.Status == StatusCodes.Status429TooManyRequests && http.Response.Headers.RetryAfter.Count == 0)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return http.Response.WriteAsJsonAsync(refusal.Body, VaultBodies.Json, "application/json; charset=utf-8", http.RequestAborted);
    }

    [GeneratedRegex(@"^(7\.\d|20\d\d-\d\d-\d\d)(-preview(\.\d)?)?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ApiVersion();

    [LoggerMessage(9130, LogLevel.Error, "The Key Vault simulator failed at {Method} {Path}")]
    private static partial void LogBug(ILogger logger, Exception exception, string method, string path);
}
