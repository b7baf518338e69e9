using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>
/// Many experiences of many tenants, each deployed once and all at the same moment. Tenants share owners, as customers of one studio
/// do: then they share a limit.
/// </summary>
public sealed class Fleet : IAsyncDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private readonly List<Experience> experiences = [];
    private readonly int owners;

    /// <summary>Makes the experiences.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="tenants">How many tenants.</param>
    /// <param name="deployments">How many experiences, shared out among them.</param>
    /// <param name="owners">How many owners, shared out among the tenants.</param>
    public Fleet(int seed, int tenants, int deployments, int owners)
    {
        this.owners = owners;
        World = new(seed, DeploymentDatabase.Memory(Enumerable.Range(0, tenants).Select(Tenant)), Plants.None, null) { KeyOf = tenant => string.Create(CultureInfo.InvariantCulture, $"rbx_local_user_{OwnerOf(int.Parse(tenant.Slug[1..], CultureInfo.InvariantCulture))}_{tenant}") };
        World.Simulation.Clock.Look = TimeSpan.FromMicroseconds(1);
        for (var number = 0; number < deployments; number++)
        {
            var tenant = number % tenants;
            experiences.Add(new(Tenant(tenant), OwnerOf(tenant), $"game-{number}", 10_000 + (number * 100), 10_050 + (number * 100)));
        }
    }

    /// <summary>The world that they live in.</summary>
    public DeploymentWorld World { get; }

    /// <summary>Deploys all at once, and runs until nothing moves any more.</summary>
    /// <param name="faults">The chance that a call to Roblox, or an activity, goes wrong.</param>
    /// <param name="limit">Virtual time.</param>
    public async Task Deploy(double faults, TimeSpan limit)
    {
        foreach (var experience in experiences)
        {
            await World.Roblox.AddAsync(new(experience.Staging, $"user_{experience.Owner}", [experience.Staging + 1, experience.Staging + 2]));
            await World.Roblox.AddAsync(new(experience.Production, $"user_{experience.Owner}", [experience.Production + 1, experience.Production + 2], Servers: 2, Players: 10));
            var request = await Request(experience);
            World.Plan(World.Simulation.Clock.Start, $"deploys {experience.Name}", app => app.Deploy(experience.Tenant, request));
        }

        var s = World.Scheduler;
        s.Faults = new() { ActivitiesFail = faults / 10, Sticky = 0.9 };
        World.Roblox.Faults = async call =>
        {
            await s.Yield($"roblox {call}");
            return s.Chance(faults) ? s.Pick([RobloxFault.Unavailable, RobloxFault.RequestLost, RobloxFault.AnswerLost]) : RobloxFault.None;
        };
        await World.Simulation.Run(World.Simulation.Clock.Start + limit);
    }

    /// <summary>Every deployment as it stands.</summary>
    public async Task<IReadOnlyList<Deployment>> Deployments()
    {
        var all = new List<Deployment>();
        foreach (var tenant in experiences.Select(experience => experience.Tenant).Distinct())
        {
            await using var work = await World.Units.Begin(tenant, Ct);
            all.AddRange(await World.Stores.Deployments.Page(work, null, null, 200, Ct));
        }

        return all;
    }

    /// <summary>What is wrong at Roblox with experiences whose deployment has succeeded: a place that is not its version's.</summary>
    public async Task<IReadOnlyList<string>> Differences(IEnumerable<Deployment> succeeded)
    {
        var wrong = new List<string>();
        foreach (var deployment in succeeded)
        {
            var target = deployment.Start.Release!.Target;
            foreach (var place in (await World.Roblox.ShowAsync(target.UniverseId))["places"]!.AsArray())
            {
                var name = target.Places.Single(known => known.Value.ToString(CultureInfo.InvariantCulture) == (string?)place!["placeId"]).Key;
                if ((string?)place!["versions"]!.AsArray()[^1]!["sha256"] != deployment.State.Rendered[name])
                {
                    wrong.Add($"{deployment.Start.Experience}: {name} is not version {deployment.Start.Release.Version}'s");
                }
            }
        }

        return wrong;
    }

    /// <summary>The limits as the simulator counted them, of every owner.</summary>
    public async Task<IReadOnlyList<JsonObject>> Windows()
    {
        var windows = new List<JsonObject>();
        foreach (var experience in experiences.DistinctBy(experience => experience.Owner))
        {
            windows.AddRange((await World.Roblox.ShowAsync(experience.Production))["windows"]!.AsArray().Select(window => window!.AsObject()));
        }

        return windows;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static TenantId Tenant(int number) => new($"t{number:D2}");

    private long OwnerOf(int tenant) => 5000 + (tenant % owners);

    private async Task<PlanRequest> Request(Experience experience)
    {
        var files = new Dictionary<string, string>
        {
            ["lobby.rbxlx"] = await Put(experience, Place($"{experience.Name} lobby")),
            ["arena.rbxlx"] = await Put(experience, Place($"{experience.Name} arena")),
            ["wave"] = await Put(experience, $"""<roblox version="4"><!-- {experience.Name} wave --></roblox>"""),
            ["chest"] = await Put(experience, $"""<roblox version="4"><!-- {experience.Name} chest --></roblox>"""),
            ["smoke.luau"] = await Put(experience, "return true"),
        };
        var manifest = $$"""
            version: 1
            experience: {{experience.Name}}
            owner: { user: {{experience.Owner}} }
            secrets: { openCloud: open-cloud }
            places: { lobby: { file: lobby.rbxlx }, arena: { file: arena.rbxlx } }
            assets:
              wave: { type: Animation, file: wave }
              chest: { type: Model, file: chest, needs: [wave] }
            configs: { name: {{experience.Name}} }
            smoke: { script: smoke.luau }
            policy: { approval: none, watchMinutes: 2 }
            environments:
              staging: { universe: {{experience.Staging}}, places: { lobby: {{experience.Staging + 1}}, arena: {{experience.Staging + 2}} } }
              production: { universe: {{experience.Production}}, places: { lobby: {{experience.Production + 1}}, arena: {{experience.Production + 2}} }, through: staging }
            """;
        return new(manifest, files);
    }

    private static string Place(string text) => $"""
        <roblox version="4"><Item class="Workspace" referent="R0"><Properties><string name="Name">Workspace</string></Properties>
        <Item class="Script" referent="R1"><Properties><string name="Name">Main</string><ProtectedString name="Source"><![CDATA[-- {text}
        print("toolbox://assets/wave", "toolbox://assets/chest")
        ]]></ProtectedString></Properties></Item></Item></roblox>
        """;

    private Task<string> Put(Experience experience, string text) => World.Content.Put(experience.Tenant, Encoding.UTF8.GetBytes(text), Ct);

    private sealed record Experience(TenantId Tenant, long Owner, string Name, long Staging, long Production);
}
