using Microsoft.Azure.Functions.Worker.Http;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>HTTP by way of the context.</summary>
public static class FunctionContextHttpRequestExtensions
{
    /// <summary>The request; null when the trigger isn't HTTP.</summary>
    public static ValueTask<HttpRequestData?> GetHttpRequestDataAsync(this FunctionContext context) =>
        context.Features.Get<IHttpRequestDataFeature>()?.GetHttpRequestDataAsync(context) ?? default;

    /// <summary>The response that the function returned, or that stands in its HTTP output; null when there is none.</summary>
    public static HttpResponseData? GetHttpResponseData(this FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        return invocation.Result as HttpResponseData ?? invocation.Outputs.Values.OfType<HttpResponseData>().FirstOrDefault();
    }
}
