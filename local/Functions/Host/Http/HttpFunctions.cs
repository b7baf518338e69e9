using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace ToolboxAI.Local.Functions;

/// <summary>Serves the functions with an HTTP trigger.</summary>
internal sealed class HttpFunctions(FunctionCatalog catalog, FunctionInvoker invoker, HostSettings host, HostKeys keys, PlainHttpResults plain, RequestLimiter limiter)
{
    /// <summary>One endpoint for each function that can run.</summary>
    public IEnumerable<Endpoint> Endpoints() => catalog.Runnable("httpTrigger").Select(Endpoint);

    private RouteEndpoint Endpoint(LocalFunction function)
    {
        var trigger = (HttpTriggerAttribute)function.Trigger.Attribute!;
        var route = $"{host.RoutePrefix}/{(trigger.Route ?? function.Name).TrimStart('/')}".Trim('/');
        var metadata = new EndpointMetadataCollection(new HttpMethodMetadata(trigger.Methods ?? []));
        return new RouteEndpoint(http => AnswerAsync(http, function, trigger.AuthLevel), RoutePatternFactory.Parse(route), order: 0, metadata, function.Name);
    }

    private async Task AnswerAsync(HttpContext http, LocalFunction function, AuthorizationLevel level)
    {
        if (!await keys.AdmitsAsync(http.Request, level, function.Name, http.RequestAborted).ConfigureAwait(false))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (!await limiter.EnterAsync(http.RequestAborted).ConfigureAwait(false))
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        try
        {
            await InvokeAsync(http, function).ConfigureAwait(false);
        }
        finally
        {
            limiter.Leave();
        }
    }

    private async Task InvokeAsync(HttpContext http, LocalFunction function)
    {
        var options = new InvocationOptions { Prepare = context => Attach(context, http) };
        var result = await invoker.InvokeAsync(function, http, BindingData(http), options, http.RequestAborted).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            await FailAsync(http, result.LeftBehind).ConfigureAwait(false);
        }
        else if (!http.Response.HasStarted)
        {
            await plain.SendAsync(function, result, http.Response).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a function without a caller, with <paramref name="body"/> as the request's body.</summary>
    public Task RunAsync(LocalFunction function, string? body, CancellationToken cancellationToken)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = ((HttpTriggerAttribute)function.Trigger.Attribute!).Methods?.FirstOrDefault()?.ToUpperInvariant() ?? HttpMethods.Post;
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body ?? ""));
        var options = new InvocationOptions { Prepare = context => Attach(context, http) };
        return invoker.InvokeAsync(function, http, BindingData(http), options, cancellationToken);
    }

    private static void Attach(FunctionContext context, HttpContext http)
    {
        context.Features.Set(http);
        context.Features.Set<IHttpRequestDataFeature>(new HttpRequestDataFeature(http));
        http.Features.Set<IServiceProvidersFeature>(new InvocationServices(context));
    }

    private static IReadOnlyDictionary<string, object?>? BindingData(HttpContext http)
    {
        if (http.Request is { RouteValues.Count: 0, QueryString.HasValue: false })
        {
            return null;
        }

        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query)
        {
            data[name] = value.ToString();
        }

        foreach (var (name, value) in http.Request.RouteValues)
        {
            data[name] = value;
        }

        return data;
    }

    // A function that was left behind still holds the context, which the server may give to another request only when it has ended.
    private static async Task FailAsync(HttpContext http, Task leftBehind)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
        }
        else
        {
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            if (!leftBehind.IsCompleted && !HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                http.Response.Headers.Connection = "close";
            }

            await http.Response.CompleteAsync().ConfigureAwait(false);
        }

        await leftBehind.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The request's services are the invocation's.</summary>
    private sealed class InvocationServices(FunctionContext context) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices
        {
            get => context.InstanceServices;
            set => context.InstanceServices = value;
        }
    }
}
