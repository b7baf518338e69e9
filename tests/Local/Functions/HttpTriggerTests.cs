using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace ToolboxAI.Tests.Local.Functions;

public sealed record Greeting(string Name, int Times);

public sealed class Greeter
{
    public string Greet(string name) => $"Hello {name}";
}

public sealed class HttpSamples(Greeter greeter)
{
    [Function("Greet")]
    public IResult Greet([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{name}")] HttpRequest http, string name) =>
        Results.Text(greeter.Greet(name) + http.Query["mark"]);

    [Function("GreetByPost")]
    public static async Task<IActionResult> GreetByPost(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "greet/{name}")] HttpRequest http, string name, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(http.Body);
        return new OkObjectResult(new { name, body = await reader.ReadToEndAsync(cancellationToken) });
    }

    [Function("Numbers")]
    public static IResult Numbers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{id:int}/{note?}")] HttpRequest http, int id, string? note, FunctionContext context) =>
        Results.Json(new { id, note, context.FunctionDefinition.Name, http.Method });

    [Function("Ids")]
    public static IResult Ids([HttpTrigger(AuthorizationLevel.Anonymous, Route = "ids/{id}")] HttpRequest _, Guid id) => Results.Text(id.ToString("N"));

    [Function("FromBody")]
    public static IResult Body([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest _, [FromBody] Greeting greeting) =>
        Results.Text(string.Concat(Enumerable.Repeat(greeting.Name, greeting.Times)));

    [Function("Throws")]
    public static IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest http)
    {
        http.HttpContext.Response.Headers["x-left-over"] = "1";
        throw new InvalidOperationException("boom");
    }

    [Function("Keyed")]
    public static IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest _) => Results.Text("in");

    [Function("Nothing")]
    public static Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Task.CompletedTask;

    [Function("Writes")]
    public static Task Writes([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest http) =>
        http.HttpContext.Response.WriteAsync("by hand");
}

public sealed class HttpTriggerTests : IAsyncLifetime
{
    private LocalApp app = null!;

    public async ValueTask InitializeAsync() =>
        app = await LocalApp.StartAsync(builder => builder.Services.AddSingleton<Greeter>(), typeof(HttpSamples));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_function_takes_route_and_query_values_and_services_of_its_constructor() =>
        Assert.Equal("Hello Ann!", await app.Client.GetStringAsync("/api/greet/Ann?mark=!"));

    [Fact]
    public async Task Functions_share_a_route_by_method_and_action_results_are_executed()
    {
        var answer = await app.Client.PostAsync("/api/greet/Ann", new StringContent("hi"));
        Assert.Equal("""{"name":"Ann","body":"hi"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Route_constraints_choose_and_optional_values_may_be_missing()
    {
        Assert.Equal("""{"id":7,"note":null,"name":"Numbers","method":"GET"}""", await app.Client.GetStringAsync("/api/numbers/7"));
        Assert.Equal("""{"id":7,"note":"x","name":"Numbers","method":"GET"}""", await app.Client.GetStringAsync("/api/NUMBERS/7/x"));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/api/numbers/seven")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/nowhere")]
    [InlineData("DELETE", "/api/greet/Ann")]
    [InlineData("GET", "/greet/Ann")]
    [InlineData("GET", "/")]
    public async Task No_route_and_a_wrong_method_are_404_with_an_empty_body(string method, string path)
    {
        var answer = await app.Client.SendAsync(new(new(method), path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_unhandled_exception_is_500_with_an_empty_body()
    {
        var answer = await app.Client.GetAsync("/api/Throws");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("x-left-over"));
    }

    [Fact]
    public async Task A_key_is_asked_for_and_the_header_goes_before_the_query()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync("/api/Keyed")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync("/api/Keyed?code=wrong")).StatusCode);
        Assert.Equal("in", await app.Client.GetStringAsync("/api/Keyed?code=test_master_key"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Keyed?code=test_master_key") { Headers = { { "x-functions-key", "wrong" } } };
        var refused = await app.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_binds_and_a_malformed_one_is_500()
    {
        var good = await app.Client.PostAsJsonAsync("/api/FromBody", new Greeting("ab", 3));
        Assert.Equal("ababab", await good.Content.ReadAsStringAsync());
        var bad = await app.Client.PostAsync("/api/FromBody", new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.InternalServerError, bad.StatusCode);
    }

    [Fact]
    public async Task A_guid_in_the_route_binds_and_another_text_there_fails_the_binding()
    {
        Assert.Equal("0123456789abcdef0123456789abcdef", await app.Client.GetStringAsync("/api/ids/01234567-89ab-cdef-0123-456789abcdef"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/api/ids/none")).StatusCode);
    }

    [Fact]
    public async Task A_function_may_return_nothing_or_write_the_response_itself()
    {
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/api/Nothing")).StatusCode);
        Assert.Equal("by hand", await app.Client.GetStringAsync("/api/Writes"));
    }
}
