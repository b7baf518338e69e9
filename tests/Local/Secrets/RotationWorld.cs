using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Secrets;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.Secrets;

/// <summary>
/// A rotation on the real engine under a clock of its own, with a vault and an issuer in memory that can be told to fail. After each piece of
/// work it is checked that whoever reads the secret, in this process or in another that has it cached, gets a credential that works.
/// </summary>
internal sealed class RotationWorld
{
    public const string Name = SecretNames.SendGridApiKey;
    private const int MostSteps = 5_000;
    private readonly InMemorySecrets vault;
    private readonly SecretReader otherProcess;
    private readonly InMemoryHub hub;
    private readonly DurableTaskClient client;
    private readonly SimulatedWorker worker;

    /// <param name="trouble">What fails.</param>
    /// <param name="distribution">How long a new version is given to be known everywhere; null for the settings' time.</param>
    public RotationWorld(Trouble trouble, TimeSpan? distribution = null)
    {
        Trouble = trouble;
        vault = new(Clock);
        otherProcess = vault.NewReader();
        Issuer = new(trouble);
        hub = new(Clock, replaysEachStep: true);
        client = hub.CreateClient();
        var steps = new RotationSteps(new TroubledSecrets(vault, trouble), vault.NewReader(), [Issuer], Clock, NullLogger<RotationSteps>.Instance);
        Registry = Tasks(steps);
        worker = hub.CreateWorker(Registry);
        Start = RotationRules.Start(Name, "rot_1", new(), Clock.GetUtcNow());
        Start = distribution is { } time ? Start with { Distribution = time, Overlap = time } : Start;
    }

    public TestClock Clock { get; } = new();

    public Trouble Trouble { get; }

    public IssuerDouble Issuer { get; }

    public InMemoryHub Hub => hub;

    public DurableTaskRegistry Registry { get; }

    public RotationStart Start { get; }

    /// <summary>How many pieces of work were done.</summary>
    public int Steps { get; private set; }

    private static DurableTaskRegistry Tasks(RotationSteps steps)
    {
        var tasks = new DurableTaskRegistry();
        tasks.AddOrchestratorFunc<RotationStart, RotationOutcome>(RotationStart.Orchestration, RotateSecret.Run);
        Add(nameof(CreateVersion), new CreateVersion(steps).Run);
        Add(nameof(VerifyVersion), new VerifyVersion(steps).Run);
        Add(nameof(DistributeVersion), new DistributeVersion(steps).Run);
        Add(nameof(RetireVersion), new RetireVersion(steps).Run);
        Add(nameof(UndoRotation), new UndoRotation(steps).Run);
        return tasks;

        void Add(string name, Func<RotationStart, CancellationToken, Task> run) => tasks.AddActivityFunc<RotationStart, bool>(name, async (_, start) =>
        {
            await run(start, CancellationToken.None);
            return true;
        });
    }

    /// <summary>Rotates, to the end.</summary>
    /// <param name="before">Called before each piece of work with its number, from 0 on: where the worker dies at it.</param>
    /// <param name="undoAt">After how many pieces of work, also while none waits, the rotation is undone; null for never.</param>
    public async Task<OrchestrationMetadata> Run(Func<int, CrashPoint>? before = null, int? undoAt = null)
    {
        await Issuer.Begin(vault);
        await client.ScheduleNewOrchestrationInstanceAsync(RotationStart.Orchestration, Start, new StartOrchestrationOptions(Start.InstanceId));
        var told = false;
        for (Steps = 0; Steps < MostSteps;)
        {
            var run = (await client.GetInstanceAsync(Start.InstanceId, getInputsAndOutputs: true))!;
            if (run.IsCompleted)
            {
                await CheckEnd(run);
                return run;
            }

            if (Steps == undoAt && !told)
            {
                told = true;
                await client.RaiseEventAsync(Start.InstanceId, RotationStart.Undo, "by hand");
            }

            if (hub.Ready() is not [var work, ..])
            {
                Clock.Advance(hub.NextDue()!.Value - Clock.GetUtcNow());
                continue;
            }

            await worker.ExecuteAsync(work, before?.Invoke(Steps) ?? CrashPoint.None);
            Steps++;
            await CheckThatItWorks(undone: told || run.ReadCustomStatusAs<RotationStage?>() is RotationStage.Undoing);
        }

        throw new InvalidOperationException("The rotation does not come to an end.");
    }

    private async Task CheckThatItWorks(bool undone)
    {
        Assert.Contains((await vault.NewReader().Current(Name, CancellationToken.None)).Value.Reveal(), Issuer.Live);

        // A process that took the new one up before it was undone reads again when it is refused.
        if (!undone)
        {
            Assert.Contains((await otherProcess.Current(Name, CancellationToken.None)).Value.Reveal(), Issuer.Live);
        }
    }

    /// <summary>One version, one credential at the issuer, and they are the same.</summary>
    private async Task CheckEnd(OrchestrationMetadata run)
    {
        var left = Assert.Single(await vault.NewReader().Accepted(Name, CancellationToken.None));
        Assert.False(left.Version.Pending);
        Assert.Equal([left.Value.Reveal()], Issuer.Live);
        var rotated = run.RuntimeStatus == OrchestrationRuntimeStatus.Completed && run.ReadOutputAs<RotationOutcome>() == RotationOutcome.Rotated;
        Assert.Equal(rotated, left.Value.Reveal() != IssuerDouble.First);
    }
}
