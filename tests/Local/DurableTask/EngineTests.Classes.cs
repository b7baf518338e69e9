using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task Classes_are_registered_by_type_and_made_with_their_services()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestrator<Greeting>()
            .AddActivity<Salute>()
            .AddActivity("Louder", new Shout()));

        var end = await engine.RunAsync("greeting", "Mia");

        Assert.Equal("HELLO MIA TRUE", end.ReadOutputAs<string>());
    }

    [Fact]
    public void A_name_is_registered_once_and_only_for_a_class_of_its_kind()
    {
        var tasks = new DurableTaskRegistry().AddActivity<Salute>();

        Assert.Throws<ArgumentException>(() => tasks.AddActivity("salute", new Shout()));
        Assert.Throws<ArgumentException>(() => tasks.AddOrchestrator(typeof(Salute)));
        Assert.Throws<ArgumentException>(() => tasks.AddEntity(typeof(Greeting)));
        tasks.AddActivityFunc<string, string>("Salute", new TaskVersion("2"), (_, name) => Task.FromResult(name));
    }

    [Fact]
    public async Task An_entity_starts_orchestrations_and_signals_others()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Librarian>()
            .AddEntity<Tally>()
            .AddOrchestratorFunc<string, string>("Remind", (_, pupil) => Task.FromResult($"bring it back, {pupil}")));

        await engine.Client.Entities.SignalEntityAsync(new EntityInstanceId("librarian", "a"), "Overdue", "Tim", cancellation: Engine.Soon);

        await engine.UntilAsync("remind-Tim", instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed);
        Assert.Equal("bring it back, Tim", (await engine.EndOfAsync("remind-Tim")).ReadOutputAs<string>());
        var deadline = Engine.Soon;
        while ((await engine.Client.Entities.GetEntityAsync<int>(new EntityInstanceId("tally", "reminders"), true, deadline))?.State != 1)
        {
            await Task.Delay(5, deadline);
        }
    }

    [Fact]
    public async Task A_critical_section_allows_calls_of_its_own_entities_only()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Tally>()
            .AddOrchestratorFunc<string>("Strict", async context =>
            {
                var (mine, other) = (new EntityInstanceId("tally", "mine"), new EntityInstanceId("tally", "other"));
                var refusals = new List<bool>();
                await using (await context.Entities.LockEntitiesAsync(mine))
                {
                    refusals.Add(context.Entities.InCriticalSection(out var held) && held!.Single() == mine);
                    await context.Entities.CallEntityAsync(mine, "Add", 2);
                    refusals.Add(await RefusesAsync(() => context.Entities.CallEntityAsync(other, "Add", 1)));
                    refusals.Add(await RefusesAsync(() => context.Entities.SignalEntityAsync(mine, "Add", 1)));
                    refusals.Add(await RefusesAsync(() => context.Entities.LockEntitiesAsync(other)));
                    refusals.Add(await RefusesAsync(() => context.CallSubOrchestratorAsync("Strict")));
                    await context.Entities.SignalEntityAsync(other, "Add", 5);
                }

                refusals.Add(!context.Entities.InCriticalSection());
                await context.Entities.CallEntityAsync(other, "Add", 1);
                return string.Join(',', refusals);
            }));

        Assert.Equal("True,True,True,True,True,True", (await engine.RunAsync("Strict")).ReadOutputAs<string>());
        Assert.Equal(6, (await engine.Client.Entities.GetEntityAsync<int>(new EntityInstanceId("tally", "other"), true, Engine.Soon))!.State);

        static async Task<bool> RefusesAsync(Func<Task> act)
        {
            try
            {
                await act();
                return false;
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }
    }

    private sealed class Greeting : TaskOrchestrator<string, string>
    {
        public override async Task<string> RunAsync(TaskOrchestrationContext context, string input) =>
            await context.CallActivityAsync<string>("Louder", await context.CallActivityAsync<string>(nameof(Salute), input));
    }

    private sealed class Salute(IServiceProvider services) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) =>
            Task.FromResult($"hello {input} {services is not null && context.InstanceId.Length > 0}");
    }

    private sealed class Shout : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult(input.ToUpperInvariant());
    }

    private sealed class Librarian : TaskEntity<int>
    {
        public void Overdue(TaskEntityContext context, string pupil)
        {
            State++;
            context.ScheduleNewOrchestration("Remind", pupil, new StartOrchestrationOptions($"remind-{pupil}"));
            context.SignalEntity(new EntityInstanceId(nameof(Tally), "reminders"), "Add", 1);
        }
    }

    private sealed class Tally : TaskEntity<int>
    {
        public void Add(int amount) => State += amount;
    }
}
