using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>
/// Brings a release to staging, then to production, and proves it; or brings an earlier version back. The decisions are
/// <see cref="DeploymentRules"/>; this carries them out, one step at a time, and writes down each step.
/// </summary>
public static class DeployExperience
{
    /// <summary>After so many steps the run continues as new; a step of many places adds some fifty events to the history.</summary>
    private const int StepsPerHistory = 12;

    /// <summary>
    /// Runs until the version is live and proved, the last good one is live again, or it waits for a retry; returns how it ended. A run that
    /// can't go on, whatever the reason, does not keep the experience: its deployment waits for a retry as well, and the run reads Failed.
    /// </summary>
    [Function(DeploymentStart.Orchestration)]
    public static async Task<DeploymentStatus> Run([OrchestrationTrigger] TaskOrchestrationContext context, DeploymentInput input)
    {
        try
        {
            return await Go(context, input);
        }
        catch (Exception failure)
        {
            var (start, reason) = (input.Start, Reason(failure) ?? $"the run ended with {failure.GetType().Name}.");
            await context.CallActivityAsync(nameof(AbandonDeployment), new AbandonDeploymentInput(start.Tenant, start.Id, start.Attempt, reason), Retry.Patient);
            throw;
        }
    }

    private static async Task<DeploymentStatus> Go(TaskOrchestrationContext context, DeploymentInput input)
    {
        var (start, state) = (input.Start, input.State);
        var steps = new DeploymentSteps(context, start);
        Task<DeploymentSignal>? signal = null;

        // A signal that has come in is taken before the run continues as new: it would not come again.
        for (var made = 0; made < StepsPerHistory || signal is { IsCompleted: true }; made++)
        {
            signal ??= context.WaitForExternalEvent<DeploymentSignal>(DeploymentStart.Signal);
            var before = state.Version;
            if (signal.IsCompleted)
            {
                state = DeploymentRules.On(state, await signal, context.Now());
                signal = null;
            }
            else
            {
                switch (DeploymentRules.Next(start, state))
                {
                    case DeploymentStep.Done:
                        return state.Status;
                    case DeploymentStep.Wait wait:
                        state = await WaitFor(context, signal, wait.Until) ? state : DeploymentRules.TimedOut(start, state, context.Now());
                        break;
                    case DeploymentStep step:
                        state = await Make(context, steps, start, state, step);
                        break;
                }
            }

            if (state.Version != before)
            {
                await context.CallActivityAsync(nameof(RecordDeployment), new RecordDeploymentInput(start, state), Retry.Patient);
            }
        }

        context.ContinueAsNew(new DeploymentInput(start, state));
        return state.Status;
    }

    /// <summary>Makes a step. One that was tried for days and never came to its end has failed like one that Roblox refused: the run does not keep the experience.</summary>
    private static async Task<DeploymentState> Make(TaskOrchestrationContext context, DeploymentSteps steps, DeploymentStart start, DeploymentState state, DeploymentStep step)
    {
        try
        {
            return await steps.Make(state, step);
        }
        catch (Exception failure) when (Reason(failure) is not null)
        {
            return DeploymentRules.Failed(start, state, context.Now(), Reason(failure)!);
        }
    }

    /// <summary>Why something that a run asked for failed; null when it is the run's own code that did.</summary>
    private static string? Reason(Exception failure) => failure switch
    {
        TaskFailedException task => $"{task.TaskName} failed however often it was tried.",
        EntityOperationFailedException entity => $"{entity.EntityId.Name} {entity.EntityId.Key} failed at {entity.OperationName}.",
        _ => null,
    };

    /// <summary>Waits for a signal; false when the time was over first.</summary>
    private static async Task<bool> WaitFor(TaskOrchestrationContext context, Task signal, DateTimeOffset until)
    {
        using var woken = new CancellationTokenSource();
        var timer = context.CreateTimer(until.UtcDateTime, woken.Token);
        await Task.WhenAny(signal, timer);
        if (signal.IsCompleted && !timer.IsCompleted)
        {
            woken.Cancel();                              // not CancelAsync: an orchestrator awaits durable tasks only
        }

        return signal.IsCompleted;
    }
}
