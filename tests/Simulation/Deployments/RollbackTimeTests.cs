using System.Globalization;
using System.Text;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>From decision to verified, in virtual time, at Roblox's limits: 3 places and 200 assets, of which 50 Models were changed in place.</summary>
public sealed class RollbackTimeTests(ITestOutputHelper output)
{
    private const int Models = 50;
    private const int Assets = 200;
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Right after the release, whose own calls have used the limits up as far as they may.</summary>
    [Fact]
    public async Task A_rollback_by_hand_is_verified_within_a_minute()
    {
        await using var world = await Released();
        await Deploy(world, 2, "");
        var done = (await All(world))[0].State.Timeline[^1].At;
        world.Plan(done, "rolls back", async app => Assert.NotNull(await app.RollBack(ProductDatabase.Demo, (await All(world))[0].Start.Id, null)));
        await world.Simulation.Run(done + TimeSpan.FromHours(3));

        var rollback = (await All(world))[0];
        Assert.Equal((DeploymentKind.Rollback, DeploymentStatus.Succeeded), (rollback.Start.Kind, rollback.State.Status));
        await IsWholly(world, rollback, rollback.StartedAt);
    }

    [Fact]
    public async Task A_release_that_proves_bad_is_taken_back_within_a_minute()
    {
        await using var world = await Released();
        await Deploy(world, 2, "simulate: crash");

        var bad = (await All(world))[0];
        Assert.Equal(DeploymentStatus.RolledBack, bad.State.Status);
        await IsWholly(world, bad, bad.State.Timeline.Single(line => line.Message.StartsWith("Going back to", StringComparison.Ordinal)).At);
    }

    private async Task IsWholly(DeploymentWorld world, Deployment rollback, DateTimeOffset decided)
    {
        var verified = rollback.State.Timeline.Last(line => line.Stage == DeploymentStage.Verify).At;
        output.WriteLine($"Decided to verified: {verified - decided}, {rollback.State.Models.Count} Models.");
        Assert.Equal(Models, rollback.State.Models.Count);
        Assert.InRange(verified - decided, TimeSpan.Zero, Limit);
        Assert.Empty(await DeploymentInvariants.Check(world, new(world, new(3, Assets))));
    }

    /// <summary>A world with the first release live and the limits' minute over.</summary>
    private static async Task<DeploymentWorld> Released()
    {
        var world = new DeploymentWorld(5, DeploymentDatabase.Memory(ProductDatabase.Demo), Plants.None, null);
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011, 3012, 3013]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021, 3022, 3023], Servers: 2, Players: 10));
        await Deploy(world, 1, "");
        Assert.Equal(DeploymentStatus.Succeeded, (await All(world))[0].State.Status);
        return world;
    }

    private static async Task Deploy(DeploymentWorld world, int edition, string marker)
    {
        var request = await Request(world, edition, marker);
        world.Plan(world.Simulation.Clock.Now, $"deploys {edition}", app => app.Deploy(ProductDatabase.Demo, request));
        await world.Simulation.Run(world.Simulation.Clock.Now + TimeSpan.FromHours(2));
    }

    private static async Task<IReadOnlyList<Deployment>> All(DeploymentWorld world)
    {
        await using var work = await world.Units.Begin(ProductDatabase.Demo, Ct);
        return await world.Stores.Deployments.Page(work, null, null, 200, Ct);
    }

    private static async Task<PlanRequest> Request(DeploymentWorld world, int edition, string marker)
    {
        var files = new Dictionary<string, string> { ["smoke.luau"] = await Put(world, "return true") };
        var manifest = new StringBuilder($$"""
            version: 1
            experience: treasure-hunt
            owner: { user: 1001 }
            secrets: { openCloud: open-cloud }
            configs: { edition: {{edition}} }
            smoke: { script: smoke.luau }
            policy: { approval: none, watchMinutes: 2 }
            places: { place-1: { file: place-1.rbxlx }, place-2: { file: place-2.rbxlx }, place-3: { file: place-3.rbxlx } }
            environments:
              staging: { universe: 2002, places: { place-1: 3011, place-2: 3012, place-3: 3013 } }
              production: { universe: 2003, places: { place-1: 3021, place-2: 3022, place-3: 3023 }, through: staging }
            assets:

            """);
        for (var place = 1; place <= 3; place++)
        {
            files[$"place-{place}.rbxlx"] = await Put(world, $"""
                <roblox version="4"><Item class="Workspace" referent="R0"><Properties><string name="Name">Workspace</string></Properties>
                <Item class="Script" referent="R1"><Properties><string name="Name">Main</string><ProtectedString name="Source"><![CDATA[-- {place} {edition} {marker}
                print("toolbox://assets/asset-{Models + 1}")
                ]]></ProtectedString></Properties></Item></Item></roblox>
                """);
        }

        for (var asset = 1; asset <= Assets; asset++)
        {
            manifest.AppendLine(CultureInfo.InvariantCulture, $"  asset-{asset}: {{ type: {(asset <= Models ? "Model, inPlace: true" : "Animation")}, file: asset-{asset} }}");
            files[$"asset-{asset}"] = await Put(world, $"""<roblox version="4"><!-- {asset} {edition} --></roblox>""");
        }

        return new(manifest.ToString(), files);
    }

    private static Task<string> Put(DeploymentWorld world, string text) => world.Content.Put(ProductDatabase.Demo, Encoding.UTF8.GetBytes(text), Ct);
}
