using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>The application as one process runs it, as far as deployments go: the product's own classes, composed as <c>Program.cs</c> does.</summary>
public sealed class DeploymentApp
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private readonly SimulatedProcess process;
    private readonly DurableTaskClient durable;
    private readonly Outbox outbox;
    private readonly Planner planner;
    private readonly DeploymentDesk desk;

    /// <summary>Composes the application on a process's view of the world.</summary>
    public DeploymentApp(DeploymentWorld world, SimulatedProcess process)
    {
        this.process = process;
        var (clock, stores, bus) = (process.Clock, world.Stores, world.Simulation.Bus);
        var units = process.Crashing(world.Units);
        outbox = new(world.OutboxRows, units, bus, clock, new(clock), NullLogger<Outbox>.Instance);
        planner = new(units, stores.Experiences, stores.Releases, stores.Deployments, world.Content, clock);
        desk = new(units, stores, outbox, clock);
        durable = world.Simulation.CreateClient();
        var roblox = new OpenCloudClient(new HttpClient(world.Roblox, disposeHandler: false) { BaseAddress = new("http://roblox.simulation"), Timeout = Timeout.InfiniteTimeSpan });
        var calls = new RobloxCalls(units, world.Plants.ExperiencesOfCalls(stores.Experiences), new KnownKeys(world), clock, NullLogger<RobloxCalls>.Instance);
        Registry = Tasks(world, units, calls, roblox);
        process.Worker = world.Simulation.CreateWorker(Registry, process);
    }

    /// <summary>Its orchestrations, activities and entities.</summary>
    public DurableTaskRegistry Registry { get; }

    /// <summary>Plans and starts; what was refused is null.</summary>
    public async Task<Deployment?> Deploy(TenantId tenant, PlanRequest request)
    {
        var (draft, unreadable) = await planner.Read(tenant, request, Ct);
        Assert.True(draft is not null, unreadable?.Message);
        var (plan, refusal) = await planner.Make(tenant, DeploymentWorld.Developer.Id, request, draft, PlanFacts.Unknown, Ct);
        return plan is null ? throw new InvalidOperationException(refusal!.Message) : (await desk.Apply(tenant, DeploymentWorld.Developer, plan.Hash, PlanFacts.Unknown.Places, Ct)).Deployment;
    }

    /// <summary>Rolls back; what was refused is null.</summary>
    public async Task<Deployment?> RollBack(TenantId tenant, string id, string? version) =>
        (await desk.RollBack(tenant, DeploymentWorld.Developer, id, version, Ct)).Deployment;

    /// <summary>Retries what failed; what was refused is null.</summary>
    public async Task<Deployment?> Retry(TenantId tenant, string id) => (await desk.Retry(tenant, id, Ct)).Deployment;

    /// <summary>Says a word to a run that waits for one.</summary>
    public Task Tell(TenantId tenant, string id, DeploymentSignal signal) => desk.Tell(tenant, DeploymentWorld.Approver, id, signal, Ct);

    /// <summary>All deployments, the newest first.</summary>
    public async Task<IReadOnlyList<Deployment>> All(TenantId tenant) => (await desk.List(tenant, null, null, 200, Ct)).Items;

    /// <summary>The queue function.</summary>
    public async Task Handle(string body)
    {
        var call = DeploymentCall.Read(body);
        var deployment = await desk.Find(call.Tenant, call.Id, Ct);
        await process.Commits("a call of the hub", () => durable.Send(call, deployment, Ct));
    }

    /// <summary>The timer function of the outbox.</summary>
    public Task SendOutbox() => outbox.SendPending(Ct);

    private DurableTaskRegistry Tasks(DeploymentWorld world, IUnitOfWorkFactory units, RobloxCalls calls, IOpenCloud roblox)
    {
        var (tasks, plants, clock) = (new DurableTaskRegistry(), world.Plants, world.Simulation.Clock);
        var (stores, content, processClock) = (world.Stores, world.Content, process.Clock);
        void Add<TInput, TOutput>(string name, Func<TInput, Task<TOutput>> activity) =>
            tasks.AddActivityFunc<TInput, TOutput>(name, (_, input) => process.Acts(async () =>
            {
                plants.Begins(input!);
                return plants.Reported(input!, await activity(input));
            }));
        void Run<TInput, TOutput>(string name, Func<TaskOrchestrationContext, TInput, Task<TOutput>> run) =>
            tasks.AddOrchestratorFunc<TInput, TOutput>(name, (context, input) => run(plants.Orchestration(context, clock), input));
        void Do<TInput>(string name, Func<TInput, Task> activity) => Add<TInput, bool>(name, async input =>
        {
            await activity(input);
            return true;
        });

        Run<DeploymentInput, DeploymentStatus>(DeploymentStart.Orchestration, DeployExperience.Run);
        Run<UploadAssetInput, PartOutcome<AssetProgress>>(nameof(UploadAsset), UploadAsset.Run);
        Run<SetModelInput, PartOutcome<AssetProgress>>(nameof(SetModel), SetModel.Run);
        Run<PublishPlaceInput, PartOutcome<long?>>(nameof(PublishPlace), PublishPlace.Run);
        Run<TestPlaceInput, PartOutcome<string>>(nameof(TestPlace), TestPlace.Run);
        Run<ReadHealthInput, PartOutcome<HealthSample>>(nameof(ReadHealth), ReadHealth.Run);
        tasks.AddEntity(nameof(RobloxBudget), _ => plants.Budget(new RobloxBudget(processClock, NullLogger<RobloxBudget>.Instance)));

        Add<PrepareReleaseInput, PreparedRelease>(nameof(ValidateRelease), input => new ValidateRelease(content).Run(input, Ct));
        Add<PrepareReleaseInput, PreparedRelease>(nameof(ScanRelease), input => new ScanRelease(content, processClock).Run(input, Ct));
        Add<PrepareReleaseInput, PreparedRelease>(nameof(BundleRelease), input => new BundleRelease(content).Run(input, Ct));
        Add<PrepareReleaseInput, PreparedRelease>(nameof(RenderPlaces), input => new RenderPlaces(content).Run(input, Ct));
        Add<BeginProductionInput, ProductionBegun>(nameof(BeginProduction), input =>
            new BeginProduction(units, plants.ExperiencesOfProduction(stores.Experiences), Options.Create(new RobloxOptions()), processClock).Run(input, Ct));
        Add<CompleteReleaseInput, bool>(nameof(CompleteRelease), input => new CompleteRelease(units, stores.Experiences, stores.Releases, processClock).Run(input, Ct));
        Do<RecordDeploymentInput>(nameof(RecordDeployment), input => new RecordDeployment(units, stores.Deployments, stores.Experiences).Run(input, Ct));
        Do<AbandonDeploymentInput>(nameof(AbandonDeployment), input => new AbandonDeployment(units, stores.Deployments, stores.Experiences, processClock).Run(input, Ct));
        Do<RememberUploadInput>(nameof(RememberUpload), input => new RememberUpload(units, stores.Releases).Run(input, Ct));

        Add<CreateAssetInput, CallOutcome<OperationReading>>(nameof(CreateAsset), input => new CreateAsset(calls, roblox, content).Run(input, Ct));
        Add<ChangeModelInput, CallOutcome<OperationReading>>(nameof(ChangeModel), input => new ChangeModel(calls, roblox, content).Run(input, Ct));
        Add<RollBackModelInput, CallOutcome<long>>(nameof(RollBackModel), input => new RollBackModel(calls, roblox).Run(input, Ct));
        Add<ReadOperationInput, CallOutcome<OperationReading>>(nameof(ReadOperation), input => new ReadOperation(calls, roblox).Run(input, Ct));
        Add<ReadAssetInput, CallOutcome<AssetReading>>(nameof(ReadAsset), input => new ReadAsset(calls, roblox).Run(input, Ct));
        Add<ReadQuotasInput, CallOutcome<IReadOnlyList<QuotaReading>>>(nameof(ReadQuotas), input => new ReadQuotas(calls, roblox).Run(input, Ct));
        Add<GrantAssetsInput, CallOutcome<IReadOnlyList<long>>>(nameof(GrantAssets), input => new GrantAssets(calls, roblox).Run(input, Ct));
        Add<PublishVersionInput, CallOutcome<long>>(nameof(PublishVersion), input => new PublishVersion(calls, roblox, content).Run(input, Ct));
        Add<ReadHistoryInput, CallOutcome<IReadOnlyList<PlaceVersionReading>>>(nameof(ReadHistory), input => new ReadHistory(calls, roblox).Run(input, Ct));
        Add<RestartServersInput, CallOutcome<RestartReading>>(nameof(RestartServers), input => new RestartServers(calls, roblox).Run(input, Ct));
        Add<ReadRestartInput, CallOutcome<bool>>(nameof(ReadRestart), input => new ReadRestart(calls, roblox).Run(input, Ct));
        Add<ReadServersInput, CallOutcome<IReadOnlyList<ServerReading>>>(nameof(ReadServers), input => new ReadServers(calls, roblox).Run(input, Ct));
        Add<ReadLogsInput, CallOutcome<int>>(nameof(ReadLogs), input => new ReadLogs(calls, roblox).Run(input, Ct));
        Add<RunTestInput, CallOutcome<LuauTaskReading>>(nameof(RunTest), input => new RunTest(calls, roblox, content).Run(input, Ct));
        Add<ReadTestInput, CallOutcome<LuauTaskReading>>(nameof(ReadTest), input => new ReadTest(calls, roblox).Run(input, Ct));
        Add<WriteConfigInput, CallOutcome<bool>>(nameof(WriteConfig), input => new WriteConfig(calls, roblox).Run(input, Ct));
        return tasks;
    }

    private sealed class KnownKeys(DeploymentWorld world) : IRobloxKeys
    {
        public Task<string?> Find(TenantId tenant, string name, CancellationToken ct) => Task.FromResult(world.KeyOf(tenant));
    }
}
