using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators;

/// <summary>Faults over HTTP: how they are asked for, and how a simulator's server suffers them.</summary>
public static class FaultEndpoints
{
    /// <summary>Maps <c>POST /local/faults</c> and <c>DELETE /local/faults</c>.</summary>
    internal static void MapFaults(this IEndpointRouteBuilder routes, Faults faults, IReadOnlyCollection<string> services)
    {
        routes.MapPost("/local/faults", async (HttpContext http) =>
        {
            var (fault, problem) = await ReadAsync(http.Request, services);
            if (fault is null)
            {
                return Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest,
                    extensions: new Dictionary<string, object?> { ["code"] = "invalid_fault" });
            }

            await faults.AddAsync(fault, http.RequestAborted);
            return Results.Json(
                new { service = fault.Service, request = fault.Request, fault = fault.Kind, value = fault.Value, times = fault.Times },
                statusCode: StatusCodes.Status201Created);
        });
        routes.MapDelete("/local/faults", async (CancellationToken cancellationToken) =>
        {
            await faults.ClearAsync(cancellationToken);
            return Results.NoContent();
        });
    }

    /// <summary>
    /// Lets requests from here on suffer the faults asked for: delay, an answer with a status through
    /// <paramref name="refuse"/>, or an effect whose answer is lost.
    /// </summary>
    public static void UseFaults(this IApplicationBuilder server, SimulatorContext context, string service, Func<HttpContext, int, Task> refuse) =>
        server.Use(async (http, next) =>
        {
            var taken = await context.Faults.TakeForRequestAsync(service, http.Request.Method, http.Request.Path.Value ?? "/", http.RequestAborted);
            if (taken.FirstOrDefault(f => f.Kind == FaultKinds.Latency) is { } latency)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(latency.Value ?? 1000));
            }

            if (taken.FirstOrDefault(f => f.Kind == FaultKinds.Status) is { } status)
            {
                await refuse(http, status.Value ?? StatusCodes.Status500InternalServerError);
            }
            else if (taken.Any(f => f.Kind == FaultKinds.LostAnswer))
            {
                http.Response.Body = Stream.Null;
                await next(http);
                http.Abort();
            }
            else
            {
                await next(http);
            }
        });

    private static async Task<(Fault? Fault, string Problem)> ReadAsync(HttpRequest request, IReadOnlyCollection<string> services)
    {
        FaultBody? body;
        try
        {
            body = await request.ReadFromJsonAsync<FaultBody>(request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "The body must be a JSON object.");
        }

        if (body?.Service is null || !services.Contains(body.Service))
        {
            return (null, $"service must be one of {string.Join(", ", services)}.");
        }

        if (body.Fault is null || (!FaultKinds.OfRequests.Contains(body.Fault) && !FaultKinds.OfEvents.Contains(body.Fault)))
        {
            return (null, $"fault must be one of {string.Join(", ", FaultKinds.OfRequests.Concat(FaultKinds.OfEvents))}.");
        }

        if (body.Times is < 1 || body.Value is < 0 || (body.Fault == FaultKinds.Status && body.Value is not (null or (>= 400 and <= 599))))
        {
            return (null, "times must be 1 or more, value 0 or more, and a status between 400 and 599.");
        }

        return (new Fault(body.Service, body.Request ?? "", body.Fault, body.Value, body.Times ?? 1), "");
    }

    private sealed record FaultBody(string? Service, string? Request, string? Fault, int? Value, int? Times);
}
