using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>Answers with what a function returned that ASP.NET Core has not answered already.</summary>
internal sealed class PlainHttpResults(WorkerPipeline pipeline, IOptions<WorkerOptions> options)
{
    public async Task SendAsync(LocalFunction function, FunctionInvocationResult result, HttpResponse response)
    {
        var output = function.HttpOutputs.FirstOrDefault(name => name != "$return");
        var value = output is null ? result.Value : result.Outputs.GetValueOrDefault(output) ?? result.Value as HttpResponseData;
        if (value is HttpResponseData data)
        {
            await LocalHttpResponseData.SendAsync(data, response).ConfigureAwait(false);
        }
        else if (!pipeline.AspNetCore)
        {
            await SendAsync(value, response).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(object? value, HttpResponse response)
    {
        switch (value)
        {
            case null:
                response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case string text:
                response.ContentType = "text/plain; charset=utf-8";
                await response.WriteAsync(text, response.HttpContext.RequestAborted).ConfigureAwait(false);
                break;
            case byte[] bytes:
                response.ContentType = "application/octet-stream";
                await response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted).ConfigureAwait(false);
                break;
            default:
                response.ContentType = "application/json; charset=utf-8";
                var json = await options.Value.Serializer!.SerializeAsync(value, value.GetType()).ConfigureAwait(false);
                await response.Body.WriteAsync(json.ToMemory(), response.HttpContext.RequestAborted).ConfigureAwait(false);
                break;
        }
    }
}
