using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Secrets.Sealing;

namespace ToolboxAI.Functions.Http;

/// <summary>
/// An unsafe call with an Idempotency-Key runs once in 24 hours per API key and route: repeated, it gets the first answer;
/// with another body 422; while the first runs 409.
/// </summary>
public sealed class IdempotencyMiddleware(IUnitOfWorkFactory units, IIdempotencyStore store, DataSealer sealer, TimeProvider clock, MachineClock machine)
    : IFunctionsWorkerMiddleware
{
    /// <summary>The request header, and on an answer that is given again the mark.</summary>
    public const string Header = "Idempotency-Key";

    private const string ReplayedHeader = "Idempotent-Replayed";
    private const int MemoryThreshold = 64 * 1024;
    private const int MaxBody = 30_000_000;                            // what ASP.NET Core's server takes; the functions have lower limits of their own
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);      // a call that takes longer was ended by a crash

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var method = http.Request.Method;
        if (http.FindCaller() is not { } caller || HttpMethods.IsGet(method) || HttpMethods.IsHead(method)
            || !http.Request.Headers.TryGetValue(Header, out var given))
        {
            await next(context);
            return;
        }

        var key = given.ToString();
        if (key.Length is 0 or > 255 || !key.All(char.IsAscii) || key.Any(char.IsControl))
        {
            throw new RequestRefusedException(new InvalidIdempotencyKey());
        }

        var call = new IdempotentCall(caller.Id, context.FunctionDefinition.Name, key);
        var claim = Ids.New("try", clock.GetUtcNow());
        switch (await Claim(call, claim, await Hash(http.Request), http.RequestAborted))
        {
            case IdempotencyClaim.Answered answered:
                http.Response.Headers[ReplayedHeader] = "true";
                var body = await sealer.Open(answered.Answer.Body, Place(call), http.RequestAborted);
                await new KeptAnswer(answered.Answer with { Body = body }).ExecuteAsync(http);
                break;
            case IdempotencyClaim.Running:
                throw new RequestRefusedException(new IdempotencyInProgress());
            case IdempotencyClaim.OtherRequest:
                throw new RequestRefusedException(new IdempotencyKeyReused());
            default:
                await Run(context, next, http, call, claim);
                break;
        }
    }

    private async Task Run(FunctionContext context, FunctionExecutionDelegate next, HttpContext http, IdempotentCall call, string claim)
    {
        IResult? result;
        ExceptionDispatchInfo? failure = null;
        try
        {
            await next(context);
            result = context.GetInvocationResult().Value as IResult;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            await End(call, claim, answer: null);
            throw;
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);         // a failure is an answer as good as any: kept, then passed on
            result = Problems.Of(e);
        }

        var answer = await Capture(result ?? Results.NoContent(), http);
        await End(call, claim, answer.Status is 429 or 503 ? null : answer);
        failure?.Throw();
        context.GetInvocationResult().Value = new KeptAnswer(answer);
    }

    /// <summary>Runs a result into memory.</summary>
    private static async Task<StoredAnswer> Capture(IResult result, HttpContext http)
    {
        var real = http.Features.Get<IHttpResponseBodyFeature>();
        using var buffer = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(buffer));
        try
        {
            await result.ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            http.Features.Set(real);
        }

        return new(http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.Location, buffer.ToArray());
    }

    /// <summary>Keeps the answer, whether the caller still waits for it or not; without one the call may run again.</summary>
    private async Task End(IdempotentCall call, string claim, StoredAnswer? answer)
    {
        // An answer may hold what is shown only once: it is kept encrypted.
        answer = answer is null ? null : answer with { Body = await sealer.Seal(answer.Body, Place(call), CancellationToken.None) };
        await using var work = await units.Begin(CancellationToken.None);
        await (answer is null
            ? store.Release(work, call, claim, CancellationToken.None)
            : store.Complete(work, call, claim, answer, CancellationToken.None));
        await work.Commit(CancellationToken.None);
    }

    private async Task<IdempotencyClaim> Claim(IdempotentCall call, string claim, byte[] hash, CancellationToken ct)
    {
        var (now, machineNow) = (clock.GetUtcNow(), machine.UtcNow);
        await using var work = await units.Begin(ct);
        var result = await store.Claim(work, new(call, hash, claim, now, now + Kept, machineNow, machineNow + Lease), ct);
        await work.Commit(ct);
        return result;
    }

    private static string Place(IdempotentCall call) => $"idempotency {call.ApiKeyId} {call.Route} {call.Key}";

    /// <summary>Everything that the answer depends on; the body is left to be read again.</summary>
    private static async Task<byte[]> Hash(HttpRequest request)
    {
        var body = new FileBufferingReadStream(request.Body, MemoryThreshold, MaxBody, Path.GetTempPath());     // what is large waits on disk
        request.Body = body;
        request.HttpContext.Response.RegisterForDisposeAsync(body);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        try
        {
            hash.AppendData(await SHA256.HashDataAsync(body, request.HttpContext.RequestAborted));
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))            // the buffer's limit; a broken connection is of another type
        {
            throw new RequestRefusedException(new BodyTooLarge(MaxBody));
        }

        body.Position = 0;
        return hash.GetHashAndReset();
    }

    private sealed class KeptAnswer(StoredAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            response.ContentType = answer.ContentType;
            if (answer.Location is not null)
            {
                response.Headers.Location = answer.Location;
            }

            return answer.Body.Length == 0 ? Task.CompletedTask : response.Body.WriteAsync(answer.Body, httpContext.RequestAborted).AsTask();
        }
    }
}
