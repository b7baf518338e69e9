using Microsoft.DurableTask;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>What an orchestration of <see cref="OrchestrationsScenario"/> does at one step.</summary>
public enum StepKind
{
    /// <summary>Calls an activity.</summary>
    Call,

    /// <summary>Calls several activities at once.</summary>
    FanOut,

    /// <summary>Waits so many minutes.</summary>
    Timer,

    /// <summary>Waits for an event.</summary>
    Event,

    /// <summary>Waits for an event, and looks up from it every few minutes.</summary>
    PatientEvent,

    /// <summary>Calls an activity, or waits a minute first: it depends on the time.</summary>
    Branch,

    /// <summary>Calls a sub-orchestration.</summary>
    Child,

    /// <summary>Continues as new.</summary>
    Again,
}

/// <summary>A step.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">What an activity gives back, how many there are, or how long it takes.</param>
/// <param name="Child">The steps of the sub-orchestration.</param>
public sealed record WalkStep(StepKind Kind, int Value, IReadOnlyList<WalkStep>? Child = null);

/// <summary>An orchestration's input: its steps, and how far it came before it continued as new.</summary>
public sealed record Walk(IReadOnlyList<WalkStep> Steps, int At = 0, int Sum = 0, IReadOnlyList<int>? Events = null)
{
    /// <summary>The orchestration's name.</summary>
    public const string Orchestration = "Walk";

    /// <summary>The activity's name.</summary>
    public const string Add = "Add";

    /// <summary>The event's name.</summary>
    public const string Number = "number";

    private static readonly TaskOptions Tries = TaskOptions.FromRetryPolicy(new RetryPolicy(100, TimeSpan.FromSeconds(1)));

    /// <summary>How many events the steps wait for.</summary>
    public static int EventsOf(IReadOnlyList<WalkStep> steps) => steps.Count(step => step.Kind is StepKind.Event or StepKind.PatientEvent);

    /// <summary>The keys of the activities that have to run, without those of sub-orchestrations.</summary>
    public static IEnumerable<string> KeysOf(string instanceId, IReadOnlyList<WalkStep> steps) => steps.SelectMany((step, at) => step.Kind switch
    {
        StepKind.Call or StepKind.Branch => [$"{instanceId}/{at}"],
        StepKind.FanOut => Enumerable.Range(0, step.Value).Select(one => $"{instanceId}/{at}/{one}"),
        _ => [],
    });

    /// <summary>What the orchestration has to come to.</summary>
    public static int SumOf(IReadOnlyList<WalkStep> steps) => steps.Sum(step => step.Kind switch
    {
        StepKind.Call or StepKind.Branch => step.Value,
        StepKind.FanOut => step.Value * (step.Value - 1) / 2,
        StepKind.Child => SumOf(step.Child!),
        _ => 0,
    });

    /// <summary>Walks the steps; returns the sum and the events in the order of their coming.</summary>
    public static async Task<WalkEnd?> Run(TaskOrchestrationContext context, Walk walk)
    {
        var (sum, events) = (walk.Sum, walk.Events?.ToList() ?? []);
        for (var at = walk.At; at < walk.Steps.Count; at++)
        {
            var (step, key) = (walk.Steps[at], $"{context.InstanceId}/{at}");
            switch (step.Kind)
            {
                case StepKind.Call:
                    sum += await Call(context, key, step.Value);
                    break;
                case StepKind.FanOut:
                    sum += (await Task.WhenAll(Enumerable.Range(0, step.Value).Select(one => Call(context, $"{key}/{one}", one)))).Sum();
                    break;
                case StepKind.Timer:
                    await Wait(context, TimeSpan.FromMinutes(step.Value));
                    break;
                case StepKind.Event:
                    events.Add(await context.WaitForExternalEvent<int>(Number));
                    break;
                case StepKind.PatientEvent:
                    events.Add(await WaitPatiently(context));
                    break;
                case StepKind.Branch:
                    sum += await Branch(context, key, step.Value);
                    break;
                case StepKind.Child:
                    var child = await context.CallSubOrchestratorAsync<WalkEnd>(
                        Orchestration, new Walk(step.Child!), new SubOrchestrationOptions { InstanceId = key });
                    sum += child.Sum;
                    break;
                case StepKind.Again:
                    context.ContinueAsNew(walk with { At = at + 1, Sum = sum, Events = events });
                    return null;
            }
        }

        return new(sum, events);
    }

    private static Task<int> Call(TaskOrchestrationContext context, string key, int value) =>
        context.CallActivityAsync<int>(Add, new Addend(key, value), Tries);

    private static async Task Wait(TaskOrchestrationContext context, TimeSpan time)
    {
        var due = context.CurrentUtcDateTime + time;
        await context.CreateTimer(due, CancellationToken.None);
        if (context.CurrentUtcDateTime < due)
        {
            throw new InvalidOperationException($"A timer of {due:O} fired at {context.CurrentUtcDateTime:O}.");
        }
    }

    private static async Task<int> WaitPatiently(TaskOrchestrationContext context)
    {
        var number = context.WaitForExternalEvent<int>(Number);
        while (!number.IsCompleted)
        {
            using var come = new CancellationTokenSource();
            var timer = context.CreateTimer(context.CurrentUtcDateTime.AddMinutes(20), come.Token);
            await Task.WhenAny(number, timer);
            come.Cancel();
        }

        return await number;
    }

    private static async Task<int> Branch(TaskOrchestrationContext context, string key, int value)
    {
        if ((context.CurrentUtcDateTime.Ticks / TimeSpan.TicksPerMillisecond & 1) == 0)
        {
            await Wait(context, TimeSpan.FromMinutes(1));
        }

        return await Call(context, key, value);
    }
}

/// <summary>How a walk ends.</summary>
public sealed record WalkEnd(int Sum, IReadOnlyList<int> Events);

/// <summary>An activity's input: its key, under which its effect is known outside, and what it gives back.</summary>
public sealed record Addend(string Key, int Value);
