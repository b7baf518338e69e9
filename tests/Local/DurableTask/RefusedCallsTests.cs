using Grpc.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Tests.Local.Functions;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>What is told to an instance that is not there or not in a state for it: a function app's client is refused, a plain worker's is not.</summary>
public sealed class RefusedCallsTests
{
    public static TheoryData<string, string> Operations => new()
    {
        { "raise", "The orchestration instance with the provided instance id is not running." },
        { "terminate", "InvalidOperationException: Cannot terminate the orchestration instance {0} because instance is in the Completed state." },
        { "suspend", "InvalidOperationException: Cannot suspend the orchestration instance {0} because instance is in the Completed state." },
        { "resume", "InvalidOperationException: Cannot resume the orchestration instance {0} because instance is in the Completed state." },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_function_app_s_client_is_refused_for_an_instance_that_has_ended_and_for_one_that_never_was(string operation, string words)
    {
        await using var app = await LocalApp.StartAsync(typeof(Greetings), typeof(Greet));
        var client = ClientOf(app);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.WaitForName), Engine.Soon);
        await client.RaiseEventAsync(id, "Name", "Eve", Engine.Soon);
        await client.WaitForInstanceCompletionAsync(id, Engine.Soon);

        var ended = await Assert.ThrowsAsync<RpcException>(() => Do(client, operation, id));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => Do(client, operation, "nobody"));

        Assert.Equal((StatusCode.FailedPrecondition, string.Format(null, words, id)), (ended.StatusCode, ended.Status.Detail));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.EndsWith("No instance with ID 'nobody' was found.", unknown.Status.Detail, StringComparison.Ordinal);
        Assert.Equal($"Status(StatusCode=\"NotFound\", Detail=\"{unknown.Status.Detail}\")", unknown.Message);
    }

    [Fact]
    public async Task Only_what_runs_is_suspended_and_only_what_is_suspended_resumes()
    {
        await using var app = await LocalApp.StartAsync(typeof(Greetings), typeof(Greet));
        var client = ClientOf(app);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.WaitForName), Engine.Soon);
        await client.WaitForInstanceStartAsync(id, Engine.Soon);

        var early = await Assert.ThrowsAsync<RpcException>(() => client.ResumeInstanceAsync(id, cancellation: Engine.Soon));
        await client.SuspendInstanceAsync(id, cancellation: Engine.Soon);
        var deadline = Engine.Soon;
        while ((await client.GetInstanceAsync(id, deadline))!.RuntimeStatus != OrchestrationRuntimeStatus.Suspended)
        {
            await Task.Delay(5, deadline);
        }

        var again = await Assert.ThrowsAsync<RpcException>(() => client.SuspendInstanceAsync(id, cancellation: Engine.Soon));
        await client.ResumeInstanceAsync(id, cancellation: Engine.Soon);
        await client.RaiseEventAsync(id, "Name", "Eve", Engine.Soon);

        Assert.EndsWith("is in the Running state.", early.Status.Detail, StringComparison.Ordinal);
        Assert.EndsWith("is in the Suspended state.", again.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.WaitForInstanceCompletionAsync(id, Engine.Soon)).RuntimeStatus);
    }

    [Fact]
    public async Task Host_json_may_say_that_events_nobody_hears_are_let_go()
    {
        await using var app = await LocalApp.StartAsync(
            builder => builder.Configuration["AzureFunctionsJobHost:extensions:durableTask:throwStatusExceptionsOnRaiseEvent"] = "false",
            typeof(Greetings),
            typeof(Greet));
        var client = ClientOf(app);

        await client.RaiseEventAsync("nobody", "Name", "Eve", Engine.Soon);
        await Assert.ThrowsAsync<RpcException>(() => client.TerminateInstanceAsync("nobody", cancellation: Engine.Soon));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_plain_worker_s_client_is_not_refused(string operation, string words)
    {
        Assert.NotEmpty(words);
        var hub = new InMemoryHub();
        await using var client = hub.CreateClient();

        await Do(client, operation, "nobody");
    }

    private static DurableTaskClient ClientOf(LocalApp app) => app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);

    private static Task Do(DurableTaskClient client, string operation, string id) => operation switch
    {
        "raise" => client.RaiseEventAsync(id, "Name", "Ann", Engine.Soon),
        "terminate" => client.TerminateInstanceAsync(id, cancellation: Engine.Soon),
        "suspend" => client.SuspendInstanceAsync(id, cancellation: Engine.Soon),
        _ => client.ResumeInstanceAsync(id, cancellation: Engine.Soon),
    };
}
