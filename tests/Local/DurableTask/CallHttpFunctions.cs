using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Orchestrations that make requests, for the tests.</summary>
public static class CallHttpFunctions
{
    public sealed record Asked(string Address, string? Content = null, bool Follow = false, int Attempts = 1, int? Status = null, double? Timeout = null);

    [Function(nameof(CallsHttp))]
    public static async Task<string> CallsHttp([OrchestrationTrigger] TaskOrchestrationContext context, Asked asked)
    {
        var retry = asked.Attempts == 1 ? null : new HttpRetryOptions(asked.Status is { } status ? [(HttpStatusCode)status] : null)
        {
            FirstRetryInterval = TimeSpan.FromMilliseconds(5),
            MaxNumberOfAttempts = asked.Attempts,
        };
        var response = await context.CallHttpAsync(
            asked.Content is null ? HttpMethod.Get : HttpMethod.Post,
            new Uri(asked.Address),
            asked.Content,
            retry,
            asked.Follow,
            tokenSource: null,
            timeout: asked.Timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        return $"{(int)response.StatusCode} {response.Content} {response.Headers!["x-tried"]}";
    }

    [Function(nameof(CallsHttpWithToken))]
    public static async Task<string?> CallsHttpWithToken([OrchestrationTrigger] TaskOrchestrationContext context, string address)
    {
        var response = await context.CallHttpAsync(new DurableHttpRequest(HttpMethod.Get, new Uri(address))
        {
            Headers = new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["x-own"] = new(["one", "two"]) },
            TokenSource = new ManagedIdentityTokenSource("https://graph.microsoft.com/", new ManagedIdentityOptions(tenantId: "school")),
        });
        return response.Content;
    }
}
