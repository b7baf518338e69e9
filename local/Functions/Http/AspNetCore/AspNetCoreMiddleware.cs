using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;
using Microsoft.Azure.Functions.Worker.Http;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// The ASP.NET Core integration's piece of the pipeline: from here on the invocation has its <see cref="HttpContext"/>, and on the way back
/// a result of ASP.NET Core is executed.
/// </summary>
internal static class AspNetCoreMiddleware
{
    public const string Key = "HttpRequestContext";

    public static async Task InvokeAsync(FunctionContext context, Func<Task> next)
    {
        if (context.Features.Get<HttpContext>() is not { } http)
        {
            await next().ConfigureAwait(false);
            return;
        }

        context.Items[Key] = http;
        context.Features.Set<IFromBodyConversionFeature>(FromBodyConversion.Instance);
        context.Features.Set<IHttpRequestDataFeature>(new AspNetCoreRequestDataFeature(http));
        await next().ConfigureAwait(false);
        var invocation = (InvocationContext)context;
        if (await TryExecuteAsync(invocation.Result, http).ConfigureAwait(false))
        {
            invocation.Result = null;
            return;
        }

        foreach (var output in invocation.Function.HttpOutputs)
        {
            if (invocation.Outputs.TryGetValue(output, out var value) && await TryExecuteAsync(value, http).ConfigureAwait(false))
            {
                invocation.Outputs.Remove(output);
            }
        }
    }

    private static async Task<bool> TryExecuteAsync(object? result, HttpContext http)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        switch (result)
        {
            case IResult answer:
                await answer.ExecuteAsync(http).ConfigureAwait(false);
                return true;
            case IActionResult action:
                await action.ExecuteResultAsync(new(http, http.GetRouteData(), new ActionDescriptor())).ConfigureAwait(false);
                return true;
            case AspNetCoreResponseData:
                // It is ASP.NET Core's own response: what was written to it has gone out.
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Binds the request and its context.</summary>
internal sealed class HttpContextConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        object? value = null;
        if (context.TargetType == typeof(HttpRequest))
        {
            value = context.FunctionContext.GetHttpContext()?.Request;
        }
        else if (context.TargetType == typeof(HttpContext))
        {
            value = context.FunctionContext.GetHttpContext();
        }

        return new(value is null ? ConversionResult.Unhandled() : ConversionResult.Success(value));
    }
}
