using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Functions with durable triggers, for the tests.</summary>
public static class Greetings
{
    public sealed record Input(string Name, int Times);

    [Function(nameof(GreetAll))]
    public static async Task<string> GreetAll([OrchestrationTrigger] TaskOrchestrationContext context, Input input)
    {
        var all = new List<string>();
        for (var i = 0; i < input.Times; i++)
        {
            all.Add(await context.CallActivityAsync<string>(nameof(Greet.GreetOne), input));
        }

        return string.Join(";", all) + (context.GetFunctionContext() is null ? " no context" : string.Empty);
    }

    [Function(nameof(WaitForName))]
    public static async Task<string> WaitForName([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.WaitForExternalEvent<string>("name") + await context.Entities.CallEntityAsync<int>(new EntityInstanceId("Counted", "a"), "add", 2);

    [Function(nameof(SleepsInside))]
    public static async Task SleepsInside([OrchestrationTrigger] TaskOrchestrationContext context) => await Task.Delay(20);

    [Function("Counted")]
    public static Task Counted([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<CountState>();

    [Function(nameof(StartGreeting))]
    public static async Task<IResult> StartGreeting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "greet/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, string name)
    {
        var id = await durable.ScheduleNewOrchestrationInstanceAsync(nameof(GreetAll), new Input(name, 2), request.HttpContext.RequestAborted);
        var end = await durable.WaitForInstanceCompletionAsync(id, true, request.HttpContext.RequestAborted);
        return Results.Text(end.ReadOutputAs<string>());
    }

    [Function(nameof(CheckStatus))]
    public static async Task<HttpResponseData> CheckStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "check")] HttpRequestData request, [DurableClient] DurableTaskClient durable)
    {
        var id = await durable.ScheduleNewOrchestrationInstanceAsync(nameof(WaitForName));
        return await durable.CreateCheckStatusResponseAsync(request, id);
    }

    [Function(nameof(Addresses))]
    public static IResult Addresses(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "addresses")] HttpRequest request, [DurableClient] DurableTaskClient durable) =>
        Results.Json(durable.CreateHttpManagementPayload("one"));
}

/// <summary>An activity with a dependency.</summary>
public sealed class Greet(TimeProvider clock)
{
    [Function(nameof(GreetOne))]
    public string GreetOne([ActivityTrigger] Greetings.Input input, string instanceId, FunctionContext context) =>
        $"Hello {input.Name} {clock.GetUtcNow() > DateTimeOffset.UnixEpoch} {instanceId.Length} {context.FunctionDefinition.Name}";
}

public sealed class CountState
{
    public int Value { get; set; }

    public int Add(int amount) => Value += amount;
}

/// <summary>Orchestrators that tell their versions.</summary>
public static class Versioned
{
    [Function(nameof(TellVersions))]
    public static async Task<string> TellVersions([OrchestrationTrigger] TaskOrchestrationContext context, string? child)
    {
        var options = child is null ? null : new SubOrchestrationOptions { Version = new TaskVersion(child) };
        return $"{context.Version} {await context.CallSubOrchestratorAsync<string>(nameof(TellVersion), null, options)}";
    }

    [Function(nameof(TellVersion))]
    public static string TellVersion([OrchestrationTrigger] TaskOrchestrationContext context) => context.Version;
}
