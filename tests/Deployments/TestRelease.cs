using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Tests.Deployments;

/// <summary>An experience of a test, on a staging and a production universe of its own.</summary>
public sealed record TestStudio(string Experience, long Staging, long Production, string Approval)
{
    /// <summary>An edition of it: two places that name a Model that changes in place and an animation that gets a new id.</summary>
    /// <param name="edition">Stands in every file, so that each edition changes all of them.</param>
    /// <param name="marker">Stands in the first place; the simulator knows <c>simulate: …</c>.</param>
    /// <param name="name">The animation's display name, by whose words the simulator decides what becomes of it.</param>
    /// <param name="price">What its upload may cost.</param>
    /// <param name="straight">Goes to production without a try in staging: for tests of what comes before that.</param>
    public TestRelease Release(int edition, string marker = "", string name = "Wave", int price = 0, bool straight = false)
    {
        var manifest = $$"""
            version: 1
            experience: {{Experience}}
            owner: { user: 1001 }
            secrets: { openCloud: open-cloud }
            places:
              lobby: { file: places/lobby.rbxlx }
              arena: { file: places/arena.rbxlx }
            assets:
              chest: { type: Model, file: assets/chest.rbxmx, name: {{Experience}} chest, inPlace: true }
              wave: { type: Animation, file: assets/wave.rbxmx, name: {{Experience}} {{name}}, price: {{price}} }
            configs: { edition: {{edition}} }
            smoke: { script: smoke.luau }
            policy: { approval: {{Approval}}, approvalHours: 1, watchMinutes: 1 }
            environments:
              staging: { universe: {{Staging}}, places: { lobby: {{Staging + 1}}, arena: {{Staging + 2}} } }
              production: { inherits: staging, universe: {{Production}}, places: { lobby: {{Production + 1}}, arena: {{Production + 2}} } {{(straight ? "" : ", through: staging")}} }
            """;
        return new(this, edition, name, manifest, new Dictionary<string, byte[]>
        {
            ["places/lobby.rbxlx"] = Place($"lobby {edition} {marker}"),
            ["places/arena.rbxlx"] = Place($"arena {edition}"),
            ["assets/chest.rbxmx"] = Bytes($"""<roblox version="4"><!-- {Experience} chest {edition} --></roblox>"""),
            ["assets/wave.rbxmx"] = Bytes($"""<roblox version="4"><!-- {Experience} wave {edition} --></roblox>"""),
            ["smoke.luau"] = Bytes("return true"),
        });
    }

    /// <summary>What is wrong when production is to be wholly on an edition; empty when nothing is.</summary>
    public IReadOnlyList<string> Differences(JsonNode players, TestRelease wanted)
    {
        var wrong = new List<string>();
        var ids = Ids(players, $"{Experience} {wanted.Name}", wanted.Files["assets/wave.rbxmx"]).ToList();
        var chest = Assets(players, $"{Experience} chest").Last();             // one of a deployment that failed lies unused
        var fits = ids.Any(id => players["places"]!.AsArray().All(place => Newest(place!) == wanted.Rendered(NameOf(place!), Id(chest), id)));
        if (!fits)
        {
            wrong.Add($"the places are not those of edition {wanted.Edition}");
        }

        if ((string?)chest["versions"]!.AsArray()[^1]!["sha256"] != TestRelease.Hash(wanted.Files["assets/chest.rbxmx"]))
        {
            wrong.Add($"the chest is not that of edition {wanted.Edition}");
        }

        if ((int?)players["entries"]!.AsArray().Single()!["value"]!["edition"] != wanted.Edition)
        {
            wrong.Add($"the configuration is not that of edition {wanted.Edition}");
        }

        foreach (var place in players["places"]!.AsArray())
        {
            var newest = (long)place!["versions"]!.AsArray()[^1]!["version"]!;
            if (place["servers"]!.AsArray().Any(server => (long)server!["version"]! != newest))
            {
                wrong.Add($"servers of {NameOf(place)} run an old version");
            }
        }

        return wrong;
    }

    private static IEnumerable<long> Ids(JsonNode players, string name, byte[] content) =>
        Assets(players, name).Where(asset => (string?)asset["versions"]!.AsArray()[0]!["sha256"] == TestRelease.Hash(content)).Select(Id);

    private static IEnumerable<JsonNode> Assets(JsonNode players, string name) =>
        players["assets"]!.AsArray().Where(asset => (string?)asset!["displayName"] == name).Select(asset => asset!);

    private static long Id(JsonNode asset) => (long)asset["assetId"]!;

    private static string Newest(JsonNode place) => (string)place["versions"]!.AsArray()[^1]!["sha256"]!;

    private string NameOf(JsonNode place) => (string?)place["placeId"] == (Production + 1).ToString(CultureInfo.InvariantCulture) ? "lobby" : "arena";

    private static byte[] Place(string text) => Bytes($"""
        <roblox version="4"><Item class="Workspace" referent="R0"><Properties><string name="Name">Workspace</string></Properties>
        <Item class="Script" referent="R1"><Properties><string name="Name">Main</string><ProtectedString name="Source"><![CDATA[-- {text}
        local chest, wave = "toolbox://assets/chest", "toolbox://assets/wave"
        print(chest, wave)
        ]]></ProtectedString></Properties></Item></Item></roblox>
        """);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>An edition's manifest and files, and the animation's name.</summary>
public sealed record TestRelease(TestStudio Studio, int Edition, string Name, string Manifest, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>The same with a file as another edition has it.</summary>
    public TestRelease With(string file, TestRelease other) => this with { Files = new Dictionary<string, byte[]>(Files) { [file] = other.Files[file] } };

    /// <summary>The body of a plan.</summary>
    public object PlanRequest(string environment) =>
        new { manifest = Manifest, files = Files.ToDictionary(file => file.Key, file => Hash(file.Value)), environment, commit = $"c{Edition}" };

    /// <summary>The hash of a place's bytes with these ids in them.</summary>
    public string Rendered(string place, long chest, long wave) =>
        Hash(PlaceRendering.Render(Files[$"places/{place}.rbxlx"], new Dictionary<string, long> { ["chest"] = chest, ["wave"] = wave }));

    /// <summary>The one form of hashes.</summary>
    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
