using System.Text;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>
/// Deployments of a small studio, one place, a Model that changes in place and an animation, in a world in which nothing goes wrong but what
/// the story wants. What the runs did is kept.
/// </summary>
internal sealed class DeploymentStory : IAsyncDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);
    private readonly HistoryRecorder recorder = new();
    private readonly DeploymentWorld world;
    private DateTimeOffset from;
    private bool hasKey = true;

    private DeploymentStory()
    {
        // A seed whose values are written, not handed over.
        world = new(HandedOver.SeedsPerWriting, DeploymentDatabase.Memory(ProductDatabase.Demo), recorder, null)
        {
            KeyOf = _ => hasKey ? "rbx_local_user_1001" : null,
        };
    }

    /// <summary>The stories by their names, each to its end.</summary>
    public static IReadOnlyList<(string Name, Func<Task<IReadOnlyList<RecordedHistory>>> Play)> All { get; } =
    [
        ("live", () => Play(async story =>
        {
            await story.Deploy(1, approval: "required");
            await story.Until(DeploymentStatus.AwaitingApproval);
            await story.Tell(DeploymentSignalKind.Approve);
            await story.Until(DeploymentStatus.Succeeded);
        })),
        ("rolled-back-by-health", () => Play(async story =>
        {
            await story.Release();
            await story.Deploy(2, marker: "simulate: crash");
            await story.Until(DeploymentStatus.RolledBack);
        })),
        ("rolled-back-by-hand", () => Play(async story =>
        {
            await story.Release();
            await story.Deploy(2);
            await story.Until(deployment => deployment.State.Stage == DeploymentStage.Watch);
            await story.Do((app, id) => app.RollBack(ProductDatabase.Demo, id, null));
            await story.Until(deployment => deployment.Start.Kind == DeploymentKind.Rollback && deployment.State.Status == DeploymentStatus.Succeeded);
        })),
        ("rejected", () => Play(async story =>
        {
            await story.Release();
            await story.Deploy(2, approval: "required");
            await story.Until(DeploymentStatus.AwaitingApproval);
            await story.Tell(DeploymentSignalKind.Reject);
            await story.Until(DeploymentStatus.Rejected);
        })),
        ("retried", () => Play(async story =>
        {
            await story.Release();
            story.hasKey = false;
            await story.Deploy(2);
            await story.Until(DeploymentStatus.DeadLettered);
            story.hasKey = true;
            await story.Do((app, id) => app.Retry(ProductDatabase.Demo, id));
            await story.Until(DeploymentStatus.Succeeded);
        })),
        ("asked-about-a-paid-upload", () => Play(async story =>
        {
            story.LoseAnswer(2, "POST /assets/v1/assets");           // the first is to the Model, which costs nothing
            await story.Deploy(1, price: 10);
            await story.Until(deployment => deployment.State.Assets.Any(asset => asset.Value.NeedsDecision));
            await story.Tell(DeploymentSignalKind.RepeatUpload, "wave");
            await story.Until(DeploymentStatus.Succeeded);
        })),
    ];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => world.DisposeAsync();

    private static async Task<IReadOnlyList<RecordedHistory>> Play(Func<DeploymentStory, Task> play)
    {
        await using var story = new DeploymentStory();
        await story.world.Roblox.AddAsync(new(2002, "user_1001", [3011]));
        await story.world.Roblox.AddAsync(new(2003, "user_1001", [3021], Servers: 2, Players: 10));
        await play(story);
        await story.Run(Limit);
        Assert.Empty(story.world.Simulation.Surprises);
        return await story.recorder.Since(story.from);
    }

    /// <summary>A first version is live; the story begins after it.</summary>
    private async Task Release()
    {
        await Deploy(1);
        await Until(DeploymentStatus.Succeeded);
        await Run(Limit);
        from = world.Simulation.Clock.Now - SimulatedWorld.MostSkew;
    }

    private async Task Deploy(int edition, string marker = "", string approval = "none", int price = 0)
    {
        var request = await Request(edition, marker, approval, price);
        await Act(app => app.Deploy(ProductDatabase.Demo, request));
    }

    private Task Tell(DeploymentSignalKind kind, string? asset = null) =>
        Do((app, id) => app.Tell(ProductDatabase.Demo, id, new(kind, DeploymentWorld.Approver.Id, asset)));

    /// <summary>Somebody does something to the newest deployment.</summary>
    private async Task Do(Func<DeploymentApp, string, Task> act)
    {
        var id = (await Newest()).Start.Id;
        await Act(app => act(app, id));
    }

    private async Task Act(Func<DeploymentApp, Task> act)
    {
        world.Plan(world.Simulation.Clock.Now, "a person acts", act);
        await Run(Look);
    }

    private Task Until(DeploymentStatus status) => Until(deployment => deployment.State.Status == status);

    /// <summary>Runs until the newest deployment stands as the story has it.</summary>
    private async Task Until(Func<Deployment, bool> stands)
    {
        for (var left = Limit; !stands(await Newest()); left -= Look)
        {
            var state = (await Newest()).State;
            Assert.True(left > TimeSpan.Zero, $"The newest deployment stands at {state.Stage}: {state.Status} {state.Reason}");
            await Run(Look);
        }
    }

    private async Task Run(TimeSpan time)
    {
        var until = world.Simulation.Clock.Now + time;
        await world.Simulation.Run(until);
        world.Simulation.Clock.MoveTo(until);
    }

    /// <summary>The answer to one call of a kind is lost, the others are not.</summary>
    private void LoseAnswer(int number, string of)
    {
        var left = number;
        world.Roblox.Faults = call => Task.FromResult(call == of && --left == 0 ? RobloxFault.AnswerLost : RobloxFault.None);
    }

    private async Task<Deployment> Newest()
    {
        await using var work = await world.Units.Begin(ProductDatabase.Demo, Ct);
        return (await world.Stores.Deployments.Page(work, null, null, 1, Ct))[0];
    }

    private async Task<PlanRequest> Request(int edition, string marker, string approval, int price)
    {
        var manifest = $$"""
            version: 1
            experience: treasure-hunt
            owner: { user: 1001 }
            secrets: { openCloud: open-cloud }
            places: { lobby: { file: lobby.rbxlx } }
            assets:
              chest: { type: Model, file: chest, name: Chest, inPlace: true }
              wave: { type: Animation, file: wave, name: Wave{{(price > 0 ? " (costs 10)" : "")}}, price: {{price}} }
            configs: { edition: {{edition}} }
            smoke: { script: smoke.luau }
            policy: { approval: {{approval}}, watchMinutes: 1, approvalHours: 8 }
            environments:
              staging: { universe: 2002, places: { lobby: 3011 } }
              production: { universe: 2003, places: { lobby: 3021 }, through: staging }
            """;
        return new(manifest, new Dictionary<string, string>
        {
            ["lobby.rbxlx"] = await Put($"""
                <roblox version="4"><Item class="Workspace" referent="R0"><Properties><string name="Name">Workspace</string></Properties>
                <Item class="Script" referent="R1"><Properties><string name="Name">Main</string><ProtectedString name="Source"><![CDATA[-- {edition} {marker}
                print("toolbox://assets/chest", "toolbox://assets/wave")
                ]]></ProtectedString></Properties></Item></Item></roblox>
                """),
            ["chest"] = await Put($"""<roblox version="4"><!-- chest {edition} --></roblox>"""),
            ["wave"] = await Put($"""<roblox version="4"><!-- wave {edition} --></roblox>"""),
            ["smoke.luau"] = await Put("return true"),
        });
    }

    private Task<string> Put(string text) => world.Content.Put(ProductDatabase.Demo, Encoding.UTF8.GetBytes(text), Ct);
}
