using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task Events_that_come_before_anyone_waits_are_kept_in_their_order()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Collect", async context =>
            {
                await context.WaitForExternalEvent<object>("go");
                var all = new List<string>();
                for (var i = 0; i < 3; i++)
                {
                    all.Add(await context.WaitForExternalEvent<string>("Name"));
                }

                return string.Concat(all);
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Collect");
        foreach (var name in (string[])["a", "b", "c"])
        {
            await engine.Client.RaiseEventAsync(id, "NAME", name);
        }

        await engine.Client.RaiseEventAsync(id, "go");

        Assert.Equal("abc", (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_several_waiters_the_newest_gets_the_event()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Two", async context =>
            {
                var older = context.WaitForExternalEvent<string>("name");
                var newer = context.WaitForExternalEvent<string>("name");
                context.SetCustomStatus("waiting");
                var first = await Task.WhenAny(older, newer);
                var result = first == newer ? "newer got " : "older got ";
                return result + await first + ", other got " + await (first == newer ? older : newer);
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Two");
        await engine.UntilStatusIsAsync(id, "waiting");
        await engine.Client.RaiseEventAsync(id, "name", "1");
        await engine.Client.RaiseEventAsync(id, "name", "2");

        Assert.Equal("newer got 1, other got 2", (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Waiting_for_an_event_can_time_out_and_the_late_event_is_kept()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Timeout", async context =>
            {
                try
                {
                    return await context.WaitForExternalEvent<string>("name", TimeSpan.FromHours(1));
                }
                catch (OperationCanceledException)
                {
                    context.SetCustomStatus("timed out");
                    return "late " + await context.WaitForExternalEvent<string>("name");
                }
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Timeout");
        await engine.Client.WaitForInstanceStartAsync(id, Engine.Soon);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.UntilStatusIsAsync(id, "timed out");
        await engine.Client.RaiseEventAsync(id, "name", "x");

        Assert.Equal("late x", (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true, "abcd")]
    [InlineData(false, "ad")]
    public async Task Continue_as_new_keeps_events_that_nobody_took_when_asked_to(bool preserve, string expected)
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string, string>("Again", async (context, soFar) =>
            {
                if (soFar.Length == 0)
                {
                    await context.WaitForExternalEvent<object>("go");
                }
                else if (!preserve)
                {
                    context.SetCustomStatus("anew");
                }

                var text = soFar + await context.WaitForExternalEvent<string>("letter");
                if (text.EndsWith('d'))
                {
                    return text;
                }

                context.ContinueAsNew(text, preserve);
                return "";
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Again", "");
        foreach (var letter in (string[])["a", "b", "c"])
        {
            await engine.Client.RaiseEventAsync(id, "letter", letter);
        }

        await engine.Client.WaitForInstanceStartAsync(id, Engine.Soon);
        await engine.Client.RaiseEventAsync(id, "go");
        if (!preserve)
        {
            await engine.UntilStatusIsAsync(id, "anew");
        }

        await engine.Client.RaiseEventAsync(id, "letter", "d");

        Assert.Equal(expected, (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_orchestration_sends_events_to_another()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Receiver", context => context.WaitForExternalEvent<string>("word"))
            .AddOrchestratorFunc<string>("Sender", (context, to) => context.SendEvent(to, "word", "hello")));
        var receiver = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Receiver");
        await engine.RunAsync("Sender", receiver);

        Assert.Equal("hello", (await engine.EndOfAsync(receiver)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_suspended_orchestration_keeps_what_arrives_until_it_is_resumed()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Wait", async context =>
            {
                context.SetCustomStatus("waiting");
                var name = await context.WaitForExternalEvent<string>("name");
                context.SetCustomStatus("got it");
                return name;
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await engine.UntilStatusIsAsync(id, "waiting");
        await engine.Client.SuspendInstanceAsync(id, "a pause", Engine.Soon);
        var held = await engine.UntilAsync(id, instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        await engine.Client.RaiseEventAsync(id, "name", "x");
        await Task.Delay(100);
        Assert.Equal("\"waiting\"", (await engine.Client.GetInstanceAsync(id, true))!.SerializedCustomStatus);
        Assert.Equal("a pause", held.ReadOutputAs<string>());
        await engine.Client.ResumeInstanceAsync(id, "go on", Engine.Soon);

        Assert.Equal("x", (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminating_ends_an_orchestration_and_when_asked_its_children(bool recursive)
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<object>("never"))
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync(
                "Child", options: new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"))));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Parent");
        await engine.UntilAsync(id + "-child", instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Running);
        await engine.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("enough", recursive), Engine.Soon);

        var end = await engine.EndOfAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal("enough", end.ReadOutputAs<string>());
        if (recursive)
        {
            Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await engine.EndOfAsync(id + "-child")).RuntimeStatus);
        }
        else
        {
            await Task.Delay(100);
            Assert.True((await engine.Client.GetInstanceAsync(id + "-child"))!.IsRunning);
        }
    }
}
