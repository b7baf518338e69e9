using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Code that was changed while an instance ran.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData("renamed", "at task #1 (step 2) its history has the call of activity 'B', the code now makes the call of activity 'C'")]
    [InlineData("removed", "its history has the call of activity 'B', which the code no longer makes")]
    [InlineData("added", "its history has the call of activity 'B', the code now makes the timer")]
    [InlineData("appended", "at task #2 (step 2) the code now makes the call of activity 'C', which its history does not have")]
    public async Task A_changed_sequence_of_calls_fails_the_instance_and_names_the_step(string change, string message)
    {
        var hub = new InMemoryHub();
        var client = hub.CreateClient();
        await client.ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("one"));
        var old = hub.CreateWorker(Tasks(null));
        for (var i = 0; i < 4; i++)
        {
            await old.ExecuteAsync(hub.Ready()[0]);
        }

        var changed = hub.CreateWorker(Tasks(change));
        await changed.ExecuteAsync(hub.Ready()[0]);

        var end = (await client.GetInstanceAsync("one", true))!;
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", end.FailureDetails!.ErrorType);
        Assert.Contains(message, end.FailureDetails.ErrorMessage);
    }

    [Fact]
    public async Task Unchanged_code_replays()
    {
        var hub = new InMemoryHub(replaysEachStep: true);
        var client = hub.CreateClient();
        await client.ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("one"));
        var worker = hub.CreateWorker(Tasks(null));
        while (hub.Ready() is [var item, ..])
        {
            await worker.ExecuteAsync(item);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.GetInstanceAsync("one"))!.RuntimeStatus);
    }

    private static DurableTaskRegistry Tasks(string? change) => new DurableTaskRegistry()
        .AddActivityFunc("A", _ => { })
        .AddActivityFunc("B", _ => { })
        .AddActivityFunc("C", _ => { })
        .AddOrchestratorFunc("Chain", async context =>
        {
            await context.CallActivityAsync("A");
            if (change == "added")
            {
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            }

            if (change == "removed")
            {
                await context.WaitForExternalEvent<object>("never");
            }

            var call = context.CallActivityAsync(change == "renamed" ? "C" : "B");
            if (change == "appended")
            {
                await context.CallActivityAsync("C");
            }

            await call;
        });
}
