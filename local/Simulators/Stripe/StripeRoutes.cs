using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Binds paths to what answers them. A change, the events it causes and its stored answer commit together, before the answer.</summary>
internal sealed class StripeRoutes(IEndpointRouteBuilder routes, SimulatorContext context)
{
    public delegate Task<JsonObject> Handler(StripeCall call);

    public void Get(string path, Handler handler) => Map(HttpMethods.Get, path, handler);

    public void Post(string path, Handler handler) => Map(HttpMethods.Post, path, handler);

    public void Delete(string path, Handler handler) => Map(HttpMethods.Delete, path, handler);

    private void Map(string method, string path, Handler handler) => routes.MapMethods(path, [method], http => AnswerAsync(http, handler));

    private async Task AnswerAsync(HttpContext http, Handler handler)
    {
        var request = http.Features.Get<StripeRequest>()!;
        var (status, body) = await RunAsync(request, http.Request.RouteValues["id"] as string, handler, HttpMethods.IsGet(http.Request.Method));
        await StripeServer.WriteAsync(http, status, body);
    }

    /// <summary>Once begun, a change runs to its end even when the caller has gone: that is what makes a lost answer unclear.</summary>
    private async Task<(int Status, string Body)> RunAsync(StripeRequest request, string? id, Handler handler, bool reads)
    {
        await using var transaction = reads
            ? await context.BeginReadAsync(StripeSimulator.Name, CancellationToken.None)
            : await context.BeginAsync(StripeSimulator.Name, CancellationToken.None);
        (int Status, string Body) answer;
        var began = true;
        try
        {
            var call = new StripeCall(transaction, request.ForEvents(), request.Line, Parameters.Parse(request.Form), id, CancellationToken.None);
            answer = (200, StripeServer.Render(await Expansion.ExpandAsync(call, await handler(call))));
        }
        catch (StripeRefusal refusal)
        {
            answer = (refusal.Status, StripeServer.Render(refusal.Body));
            began = refusal.Began;
        }

        if (began && request.Key is not null)
        {
            await StoredAnswers.KeepAsync(transaction, request, answer.Status, answer.Body, CancellationToken.None);
        }

        if (began && !reads)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }

        return answer;
    }
}
