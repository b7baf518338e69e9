using System.Net;
using System.Net.Http.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class HttpDataSamples
{
    [Function("Data")]
    public static async Task<HttpResponseData> Data([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequestData request)
    {
        var greeting = await request.ReadFromJsonAsync<Greeting>();
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("x-seen", request.Headers.GetValues("x-sent"));
        response.Cookies.Append(new HttpCookie("crumb", greeting!.Name) { HttpOnly = true, SameSite = SameSite.Strict });
        await response.WriteAsJsonAsync(greeting with { Times = greeting.Times + int.Parse(request.Query["more"]!) });
        return response;
    }

    [Function("Plain")]
    public static string Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData request) => $"{request.Method} {request.Url.AbsolutePath}";

    [Function("Poco")]
    public static Greeting Poco([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData _) => new("Ann", 2);

    [Function("Void")]
    public static void Void([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData _)
    {
    }
}

public sealed class SeveralOutputs
{
    [HttpResult]
    public IResult? Http { get; set; }

    [ServiceBusOutput("%Out%", Connection = "Bus")]
    public Greeting[]? Greetings { get; set; }
}

public sealed class OutputSamples
{
    [Function("Several")]
    public static SeveralOutputs Several([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) =>
        new() { Http = Results.Text("sent", statusCode: 202), Greetings = [new("a", 1), new("b", 2)] };

    [Function("OneText")]
    [ServiceBusOutput("texts", Connection = "Bus")]
    public static string OneText([TimerTrigger("0 0 0 1 1 *")] TimerInfo _) => "text";

    [Function("NoOutput")]
    public static SeveralOutputs NoOutput([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new() { Http = Results.Text("nothing sent") };
}

public sealed class HttpDataTests
{
    [Fact]
    public async Task Request_and_response_data_work_with_the_integration()
    {
        await using var app = await LocalApp.StartAsync(typeof(HttpDataSamples));
        await CheckDataAsync(app.Client);
    }

    [Fact]
    public async Task Request_and_response_data_work_on_the_older_builder_without_the_integration()
    {
        using var host = new HostBuilder()
            .UseArguments("--port", "0")
            .ConfigureFunctionsWorkerDefaults()
            .ConfigureServices(services => services.UseFunctionsOf(typeof(HttpDataSamples)))
            .Build();
        await host.StartAsync();
        using var client = ClientOf(host);
        await CheckDataAsync(client);
        Assert.Equal("GET /api/Plain", await client.GetStringAsync("/api/Plain"));
        Assert.Equal("""{"Name":"Ann","Times":2}""", await client.GetStringAsync("/api/Poco"));
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync("/api/Void")).StatusCode);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_older_builder_has_the_integration_too()
    {
        using var host = new HostBuilder()
            .UseArguments("--port", "0")
            .ConfigureFunctionsWebApplication(worker => worker.UseMiddleware((context, next) =>
            {
                context.GetHttpContext()!.Response.Headers["x-middleware"] = "1";
                return next();
            }))
            .ConfigureServices(services => services.UseFunctionsOf(typeof(MiddlewareSamples)))
            .Build();
        await host.StartAsync();
        using var client = ClientOf(host);
        var answer = await client.GetAsync("/api/Echo");
        Assert.Equal("echo ", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("x-middleware"));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_function_answers_and_sends_messages_at_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.Configuration["Bus"] = database.ConnectionString;
                builder.Configuration["Out"] = "greetings";
            },
            typeof(OutputSamples));
        var answer = await app.Client.GetAsync("/api/Several");
        Assert.Equal((HttpStatusCode.Accepted, "sent"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("nothing sent", await app.Client.GetStringAsync("/api/NoOutput"));

        await using var bus = new ServiceBusClient(database.ConnectionString);
        var messages = await bus.CreateReceiver("greetings").PeekMessagesAsync(10);
        Assert.Equal([new Greeting("a", 1), new Greeting("b", 2)], messages.Select(m => m.Body.ToObjectFromJson<Greeting>()));
        Assert.All(messages, message => Assert.Equal("application/json", message.ContentType));

        var timer = app.Host.Services.GetRequiredService<FunctionCatalog>().Find("OneText")!;
        Assert.True((await app.Host.Services.GetRequiredService<FunctionInvoker>().InvokeAsync(timer, new TimerInfo())).Succeeded);
        var text = Assert.Single(await bus.CreateReceiver("texts").PeekMessagesAsync(10));
        Assert.Equal(("text", "text/plain"), (text.Body.ToString(), text.ContentType));
    }

    private static async Task CheckDataAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/Data?more=2") { Content = JsonContent.Create(new Greeting("Ann", 1)), Headers = { { "x-sent", "yes" } } };
        var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("""{"Name":"Ann","Times":3}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("yes", Assert.Single(answer.Headers.GetValues("x-seen")));
        Assert.Equal("crumb=Ann; samesite=strict; httponly", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
    }

    private static HttpClient ClientOf(IHost host) =>
        new() { BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
}
