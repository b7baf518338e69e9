using System.Data.Common;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>An RFC 9457 problem: the form of every error that our functions answer.</summary>
/// <param name="Type">A URN of the code.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">For people.</param>
/// <param name="Code">Stable; callers branch on it.</param>
/// <param name="CorrelationId">Names the call in our logs.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string? CorrelationId);

/// <summary>The one place where refusals and failures become problems.</summary>
public static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>The problem that a refusal is.</summary>
    public static IResult ToProblem(this Refusal refusal) => new ProblemResult(StatusOf(refusal), refusal.Code, refusal.Message);

    /// <summary>The problem that an outside system's failure is.</summary>
    public static IResult ToProblem(this GatewayException failure) => failure.Failure switch
    {
        GatewayFailure.Transient => new ProblemResult(503, "upstream_unavailable", "A service that we depend on is not available; try again later."),
        GatewayFailure.Permanent => new ProblemResult(502, "upstream_refused", "A service that we depend on refused our call."),
        _ => new ProblemResult(504, "upstream_unclear", "A service that we depend on gave no clear answer; read the state before you try again."),
    };

    /// <summary>The problem that an exception is. One that nobody expected is our own bug: it says nothing but where to look.</summary>
    public static IResult Of(Exception exception) => exception switch
    {
        RequestRefusedException refused => refused.Refusal.ToProblem(),
        GatewayException failure => failure.ToProblem(),
        BadHttpRequestException { StatusCode: 413 } => new ProblemResult(413, "body_too_large", "The body is larger than the host takes."),
        BadHttpRequestException bad => new ProblemResult(bad.StatusCode, "bad_request", "The request is not well-formed HTTP."),
        DbException { IsTransient: true } => new ProblemResult(503, "temporarily_unavailable", "The service is not available at the moment; try again later."),
        _ => new ProblemResult(500, "internal_error", "Something went wrong on our side; quote the correlation id when you report it."),
    };

    /// <summary>The HTTP status of a kind of refusal.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        InvalidRefusal => 400,
        UnauthenticatedRefusal => 401,
        PaymentRefusal => 402,
        ForbiddenRefusal => 403,
        NotFoundRefusal => 404,
        ConflictRefusal => 409,
        TooLargeRefusal => 413,
        MediaTypeRefusal => 415,
        UnprocessableRefusal => 422,
        TooManyRefusal => 429,
        _ => throw new ArgumentException($"{refusal.GetType().Name} is of no kind that has a status.", nameof(refusal)),
    };

    private sealed class ProblemResult(int status, string code, string detail) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = ContentType;
            if (status == 401)
            {
                response.Headers.WWWAuthenticate = "Bearer";
            }

            if (status is 429 or 503 && response.Headers.RetryAfter.Count == 0)
            {
                response.Headers.RetryAfter = "1";
            }

            var problem = new Problem(
                $"urn:toolboxai:problem:{code}", ReasonPhrases.GetReasonPhrase(status), status, detail, code, httpContext.CorrelationId());
            return JsonSerializer.SerializeAsync(response.Body, problem, ApiJson.Options, httpContext.RequestAborted);
        }
    }
}
