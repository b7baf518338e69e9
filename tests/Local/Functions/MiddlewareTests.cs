using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class Trail
{
    public List<string> Steps { get; } = [];
}

public sealed class Recorder(Trail trail) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        trail.Steps.Add($"before {context.FunctionDefinition.Name}, http {context.GetHttpContext() is not null}");
        await next(context);
        trail.Steps.Add($"after {context.GetInvocationResult().Value?.GetType().Name ?? "nothing"}");
    }
}

public sealed class Refuser : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        switch (http.Request.Headers["x-refuse"].ToString())
        {
            case "result":
                context.GetInvocationResult().Value = Results.Text("no", statusCode: 403);
                break;
            case "response":
                http.Response.StatusCode = 418;
                break;
            case "input":
                var binding = context.FunctionDefinition.InputBindings.Values.Single(b => b.Type.EndsWith("Trigger", StringComparison.Ordinal));
                (await context.BindInputAsync<HttpRequest>(binding)).Value!.Headers["x-added"] = "yes";
                await next(context);
                break;
            default:
                await next(context);
                break;
        }
    }
}

/// <summary>Answers in place of a function that threw.</summary>
public sealed class Answerer : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (InvalidOperationException exception)
        {
            var request = await context.GetHttpRequestDataAsync();
            var response = request!.CreateResponse(HttpStatusCode.InternalServerError);
            await response.WriteStringAsync($"caught {exception.Message}");
            context.GetInvocationResult().Value = response;
        }
    }
}

public sealed class NamedResult
{
    [HttpResult]
    public HttpResponseData? Http { get; set; }
}

public sealed class ThrowingSamples
{
    [Function("Thrower")]
    public static NamedResult Thrower([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData _) => throw new InvalidOperationException("it");
}

public sealed class MiddlewareSamples
{
    [Function("Echo")]
    public static IResult Echo([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest http) => Results.Text($"echo {http.Headers["x-added"]}");
}

public sealed class MiddlewareTests
{
    private static bool IsHttp(FunctionContext context) => context.FunctionDefinition.InputBindings.Values.Any(b => b.Type == "httpTrigger");

    [Fact]
    public async Task Middleware_runs_in_order_and_sees_the_http_context_after_the_integration()
    {
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<Trail>();
                builder.UseMiddleware<Recorder>();
                builder.UseWhen<Refuser>(IsHttp);
            },
            typeof(MiddlewareSamples));
        Assert.Equal("echo ", await app.Client.GetStringAsync("/api/Echo"));
        Assert.Equal(["before Echo, http True", "after ContentHttpResult"], app.Host.Services.GetRequiredService<Trail>().Steps.Select(s => s.Replace("Utf8ContentHttpResult", "ContentHttpResult")));
    }

    [Theory]
    [InlineData("result", HttpStatusCode.Forbidden, "no")]
    [InlineData("response", (HttpStatusCode)418, "")]
    [InlineData("input", HttpStatusCode.OK, "echo yes")]
    public async Task Middleware_refuses_by_a_result_or_by_the_response_and_may_change_inputs(string how, HttpStatusCode status, string body)
    {
        await using var app = await LocalApp.StartAsync(builder => builder.UseWhen<Refuser>(IsHttp), typeof(MiddlewareSamples));
        var answer = await app.Client.SendAsync(new(HttpMethod.Get, "/api/Echo") { Headers = { { "x-refuse", how } } });
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_result_set_after_an_exception_answers_for_a_function_with_named_outputs()
    {
        await using var app = await LocalApp.StartAsync(builder => builder.UseMiddleware<Answerer>(), typeof(ThrowingSamples));
        var answer = await app.Client.GetAsync("/api/Thrower");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("caught it", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_metadata_of_an_endpoint_is_its_methods_alone()
    {
        object[] seen = [];
        await using var app = await LocalApp.StartAsync(
            builder => builder.UseMiddleware((context, next) =>
            {
                seen = [.. context.GetHttpContext()!.GetEndpoint()!.Metadata];
                return next();
            }),
            typeof(MiddlewareSamples));
        Assert.Equal("echo ", await app.Client.GetStringAsync("/api/Echo"));
        Assert.Equal(["get"], Assert.IsType<HttpMethodMetadata>(Assert.Single(seen)).HttpMethods, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Delegate_middleware_that_throws_gives_500()
    {
        await using var app = await LocalApp.StartAsync(
            builder => builder.UseMiddleware((_, _) => throw new InvalidOperationException("no")), typeof(MiddlewareSamples));
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/api/Echo")).StatusCode);
    }
}
