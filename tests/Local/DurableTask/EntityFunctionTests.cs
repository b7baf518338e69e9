using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Tests.Local.Functions;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Entities that are functions.</summary>
public sealed class EntityFunctionTests
{
    [Fact]
    public async Task The_operations_of_a_batch_share_one_invocation_and_one_that_fails_fails_alone()
    {
        var invocations = 0;
        await using var app = await LocalApp.StartAsync(
            builder => builder.UseWhen(IsEntity, (_, next) =>
            {
                Interlocked.Increment(ref invocations);
                return next();
            }),
            typeof(Tallies),
            typeof(Tallied));

        var end = await RunAsync(app);

        Assert.Equal("3 of 3 in one object, 1", end);
        Assert.Equal(1, invocations);
    }

    [Fact]
    public async Task Middleware_that_fails_after_the_operations_fails_them_all_and_leaves_the_state_as_it_was()
    {
        var invocations = 0;
        await using var app = await LocalApp.StartAsync(
            builder => builder.UseWhen(IsEntity, async (_, next) =>
            {
                await next();
                if (Interlocked.Increment(ref invocations) == 1)
                {
                    throw new InvalidOperationException("Too late.");
                }
            }),
            typeof(Tallies),
            typeof(Tallied));

        Assert.Equal("Too late.", await RunAsync(app));
        Assert.Equal("3 of 3 in one object, 1", await RunAsync(app));
    }

    private static bool IsEntity(FunctionContext context) => context.FunctionDefinition.Name == nameof(Tallied);

    private static async Task<string?> RunAsync(LocalApp app)
    {
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Tallies.TallyAtOnce), Engine.Soon);
        return (await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon)).ReadOutputAs<string>();
    }
}

public static class Tallies
{
    /// <summary>Four operations in one step of the orchestration: they reach the entity as one batch.</summary>
    [Function(nameof(TallyAtOnce))]
    public static async Task<string> TallyAtOnce([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var tally = new EntityInstanceId(nameof(Tallied), "all");
        await context.Entities.SignalEntityAsync(tally, "Add", 1);
        await context.Entities.SignalEntityAsync(tally, "Break");
        await context.Entities.SignalEntityAsync(tally, "Add", 2);
        try
        {
            return await context.Entities.CallEntityAsync<string>(tally, "Tell");
        }
        catch (EntityOperationFailedException e)
        {
            return e.FailureDetails.ErrorMessage;
        }
    }
}

/// <summary>An entity that counts in its state, and in its object how many operations that object has seen succeed.</summary>
public sealed class Tallied : TaskEntity<int>
{
    private int seen;

    [Function(nameof(Tallied))]
    public Task Run([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(this);

    public void Add(int amount)
    {
        State += amount;
        seen++;
    }

    public void Break()
    {
        State = 1_000;
        throw new InvalidOperationException("Broken.");
    }

    public string Tell() => $"{State} of {seen + 1} in one object, {Context.Id.Key.Length - 2}";
}
