using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.Budget;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Deployments;

/// <summary>For whom calls are made.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Key">The experience's key.</param>
/// <param name="Fence">The run's fence.</param>
/// <param name="Owner">Whose limits count.</param>
/// <param name="KeyName">The secret with the Open Cloud key.</param>
/// <param name="Urgent">A rollback.</param>
public sealed record CallScene(TenantId Tenant, string Key, long Fence, RobloxOwner Owner, string KeyName, bool Urgent)
{
    /// <summary>The scene before a run: what is only read.</summary>
    public static CallScene Before(TenantId tenant, string experience, string environment, long fence, RobloxOwner owner, string keyName) =>
        new(tenant, ExperienceState.KeyOf(experience, environment), fence, owner, keyName, Urgent: false);

    /// <summary>The scene of a run.</summary>
    public static CallScene Of(DeploymentStart start, DeploymentState state) => new(
        start.Tenant, start.Key, start.Fence, start.Owner, start.Release?.KeyName ?? start.Goal!.KeyName, state.GoingBack);
}

/// <summary>
/// One call to Roblox from an orchestration: it waits for the owner's budget, has the activity make the call, and waits while Roblox is
/// not well. What is unclear is the caller's to ask about.
/// </summary>
public static class RobloxCalling
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);
    private static readonly TimeSpan UrgentPatience = TimeSpan.FromDays(4);

    /// <summary>Makes a call: done, refused, unclear or fenced; transient when Roblox stayed unwell for hours.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="scene">For whom.</param>
    /// <param name="endpoint">What is called.</param>
    /// <param name="activity">The activity that calls it.</param>
    /// <param name="input">The activity's input, given the permit.</param>
    public static async Task<CallOutcome<T>> CallRoblox<T>(
        this TaskOrchestrationContext context, CallScene scene, RobloxEndpoint endpoint, string activity, Func<CallTicket, object> input)
    {
        var budget = new EntityInstanceId(nameof(RobloxBudget), scene.Owner.ToString());
        var until = context.CurrentUtcDateTime + (scene.Urgent ? UrgentPatience : Patience);
        var wait = FirstWait;
        while (true)
        {
            var ask = new BudgetAsk(endpoint, scene.Tenant.Slug, scene.Urgent);
            var answer = await context.Entities.CallEntityAsync<BudgetAnswer>(budget, nameof(RobloxBudget.Ask), ask);
            if (answer.CallBefore is not { } before)
            {
                await context.CreateTimer(answer.AskAgainAt.UtcDateTime, CancellationToken.None);
                continue;
            }

            var ticket = new CallTicket(scene.Tenant, scene.Key, scene.Fence, scene.KeyName, context.NewGuid().ToString("N"), before);
            var outcome = await context.CallActivityAsync<CallOutcome<T>>(activity, input(ticket), Retry.Patient);
            if (outcome.End is CallEnd.NotMade)
            {
                continue;
            }

            if (outcome.End is not (CallEnd.Fenced or CallEnd.BegunBefore))
            {
                // A bad key says nothing of how Roblox is: others of the same owner call with theirs.
                var answered = outcome.End is CallEnd.Done or CallEnd.Refused || outcome.Rate.Answered || outcome.Rate.Throttled || outcome.Rate.Limit is not null;
                var report = new BudgetReport(endpoint, outcome.Rate, answered);
                if (answer.IsNews(report))
                {
                    await context.Entities.SignalEntityAsync(budget, nameof(RobloxBudget.Report), report);
                }
            }

            if (outcome.End is not CallEnd.Transient || context.CurrentUtcDateTime > until)
            {
                return outcome;
            }

            // The budget knows how long a throttled call waits; what else is transient is waited for here.
            if (!outcome.Rate.Throttled)
            {
                await context.CreateTimer(context.CurrentUtcDateTime + wait, CancellationToken.None);
                wait = wait + wait > LongestWait ? LongestWait : wait + wait;
            }
        }
    }

    /// <summary>Waits.</summary>
    internal static Task Pause(this TaskOrchestrationContext context, TimeSpan time) =>
        context.CreateTimer(context.CurrentUtcDateTime + time, CancellationToken.None);

    /// <summary>Business time in an orchestration.</summary>
    internal static DateTimeOffset Now(this TaskOrchestrationContext context) => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));
}
