using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployments;

public sealed partial class ManifestTests
{
    private static readonly NodeJudge Validator = new(Path.Combine(Repository.Root, "tests", "Deployments", "Judge"));

    /// <summary>Everything that a manifest can hold. JSON is YAML too.</summary>
    private const string Full = """
        {
          "version": 1, "experience": "treasure-hunt", "owner": { "user": 1001 }, "secrets": { "openCloud": "open-cloud" },
          "variables": { "greeting": "Zoë says \"hi\"", "level": "1" },
          "places": { "lobby": { "file": "places/lobby.rbxlx" }, "arena": { "file": "places/arena.rbxl" } },
          "assets": {
            "chest": { "type": "Model", "file": "assets/chest.rbxm", "name": "${greeting}: chest", "description": "in ${environment}", "price": 0, "inPlace": true },
            "song": { "type": "Audio", "file": "assets/song.ogg", "price": 10, "needs": ["chest"] }
          },
          "icon": "icon.png", "thumbnails": ["one.png", "two.png"],
          "products": { "gems": { "name": "Gems", "price": 25, "id": 7 } }, "passes": { "vip": { "name": "VIP", "price": 100 } },
          "configs": { "motd": "${greeting}", "rounds": 3, "nested": { "deep": [1, 2.5, true, null, "x"] } },
          "smoke": { "script": "smoke.luau", "timeoutSeconds": 30 },
          "policy": { "approval": "required", "approvalHours": 8, "watchMinutes": 5, "maxErrorsPerServerMinute": 0.5, "maxPlayerDropPercent": 30 },
          "environments": {
            "dev": { "universe": 1, "places": { "lobby": 11, "arena": 12 }, "variables": { "level": "2" }, "configs": { "rounds": 1 } },
            "staging": { "inherits": "dev", "universe": 2, "places": { "lobby": 21, "arena": 22 } },
            "production": { "inherits": "staging", "universe": 3, "places": { "lobby": 31, "arena": 32 }, "through": "staging", "configs": { "rounds": 5 } }
          }
        }
        """;

    [Fact]
    public void An_environment_inherits_what_it_does_not_say_and_variables_are_put_in()
    {
        var (manifest, errors) = ManifestReader.Read(Full, "production");

        Assert.Empty(errors);
        Assert.Equal((3, 2, 32), (manifest!.Target.UniverseId, manifest.Staging!.UniverseId, manifest.Target.Places["arena"]));
        Assert.Equal("""{"motd":"Zoë says \"hi\"","nested":{"deep":[1,2.5,true,null,"x"]},"rounds":5}""", Compact(manifest.Target.Config));
        Assert.Equal(1, (int)JsonNode.Parse(manifest.Staging.Config)!["rounds"]!);
        Assert.Equal(["chest", "icon", "thumbnail-1", "thumbnail-2", "song"], manifest.Assets.Select(asset => asset.Name));
        Assert.Equal(("Zoë says \"hi\": chest", "in production"), (manifest.Assets[0].DisplayName, manifest.Assets[0].Description));
        Assert.Equal(5, manifest.ByHand.Count);
        Assert.Equal(["places/lobby.rbxlx", "places/arena.rbxl", "assets/chest.rbxm", "icon.png", "one.png", "two.png", "assets/song.ogg", "smoke.luau"], manifest.Files.Select(named => named.File));
    }

    [Theory]
    [InlineData("nowhere", "There is no environment 'nowhere'; the manifest has dev, staging, production.")]
    [InlineData("production", "assets: needs go in a circle.", "/assets/chest/needs", """["song"]""")]
    [InlineData("production", "assets.song.needs names an asset that is not there.", "/assets/song/needs", """["drum"]""")]
    [InlineData("production", "environments.production: inherits goes in a circle, or to an environment that is not there.", "/environments/dev/inherits", "\"production\"")]
    [InlineData("production", "environments.production.through must lead to another universe: what tests write to data stores there is real.", "/environments/production/universe", "2")]
    [InlineData("production", "environments.production.places must give the id of each place: lobby, arena.", "/environments/production/places", """{"lobby":31}""")]
    [InlineData("production", "There is no variable 'nobody'.", "/assets/song/name", "\"${nobody}\"")]
    [InlineData("production", "assets.song: only a Model can change in place.", "/assets/song/inPlace", "true")]
    [InlineData("production", "secrets must have openCloud alone: the name of the secret that holds the Open Cloud key; the key itself has no place in a manifest.", "/secrets/openCloud", "\"RBX+key/value==\"")]
    [InlineData("production", "icon: the file '../icon.png' must be a path below the manifest's folder, with forward slashes.", "/icon", "\"../icon.png\"")]
    public void What_is_wrong_is_said(string environment, string error, string at = "", string value = "null")
    {
        var (manifest, errors) = ManifestReader.Read(at.Length == 0 ? Full : Changed(at, JsonNode.Parse(value)), environment);

        Assert.Null(manifest);
        Assert.Contains(error, errors.Select(found => found.Message));
    }

    [Theory]
    [InlineData("version: 1\nexperience: [", 3)]
    [InlineData("version: 1\nversion: 1", 2)]
    [InlineData("version: 1\ncolour: red", 2)]
    [InlineData("variables: &all { a: b }\nconfigs: { x: *all }", 2)]
    public void What_can_not_be_read_is_said_with_its_line(string yaml, int line) => Assert.Equal(line, Assert.Single(ManifestReader.Read(yaml, "production").Errors).Line);

    [Fact]
    public void A_text_that_would_grow_or_nest_without_end_is_refused_at_once()
    {
        var laughs = "configs:\n  a: &a [x, x, x]\n" + string.Concat(Enumerable.Range(0, 25).Select(n => $"  b{n}: &b{n} [*{(n == 0 ? "a" : $"b{n - 1}")}, *{(n == 0 ? "a" : $"b{n - 1}")}]\n"));
        Assert.Contains("aliases", Assert.Single(ManifestReader.Read(laughs, "production").Errors).Message, StringComparison.Ordinal);
        Assert.Contains("nested", Assert.Single(ManifestReader.Read("configs: " + new string('[', 100_000), "production").Errors).Message, StringComparison.Ordinal);
        Assert.Contains("configs.a", Assert.Single(ManifestReader.Read(Changed("/configs", new JsonObject()).Replace("\"configs\":{}", "\"configs\":{ \"a\": .nan }"), "production").Errors).Message, StringComparison.Ordinal);
    }

    /// <summary>Each value of the full manifest is replaced by what does not belong there; nothing throws, and the published schema says the same.</summary>
    [Fact]
    public async Task The_published_schema_and_the_reader_accept_and_refuse_the_same()
    {
        var samples = new List<(string What, string Text, bool IsGap)> { ("full", Full, false), ("guide", await GuideManifest(), false), ("test", new TestStudio("x", 1, 2, "none").Release(1).Manifest, false) };
        foreach (var at in Pointers(JsonNode.Parse(Full)!, ""))
        {
            foreach (var value in (string[])["null", "-1", "1.5", "\"\"", "\"x y\"", "\"../x\"", "\"a/../b\"", "[]", "{}", "true", "[null]", """{"x":null}"""])
            {
                samples.Add(($"{at} = {value}", Changed(at, JsonNode.Parse(value)), value.Contains("null", StringComparison.Ordinal)));
            }

            samples.Add(($"{at} removed", Changed(at, null, remove: true), false));
            samples.Add(($"{at} has a stranger", Changed(at, null, stranger: true), false));
        }

        var read = samples.Select(sample => ManifestReader.Read(sample.Text, "production")).ToList();
        var judged = await Validator.AskAsync([JsonNode.Parse(ManifestSchema.Text)!, .. samples.Select(sample => Json(sample.Text))]);

        var disagreements = samples.Zip(read, judged).Where(sample => !sample.First.IsGap).Where(sample => sample.Third.GetArrayLength() == 0
            ? sample.Second.Errors.Any(error => !OnlyAReaderKnows().IsMatch(error.Message))
            : sample.Second.Manifest is not null && !sample.Third.EnumerateArray().All(complaint => OnlyTheSchemaMinds().IsMatch(complaint.GetString()!))).Select(sample => $"{sample.First.What}: the reader says {string.Join(' ', sample.Second.Errors)}, the schema {sample.Third}").ToList();
        Assert.True(disagreements.Count == 0, string.Join('\n', disagreements));
        Assert.All(judged.Take(3), verdict => Assert.Equal(0, verdict.GetArrayLength()));
        Assert.InRange(judged.Count(verdict => verdict.GetArrayLength() > 0), 200, samples.Count);
    }

    private static IEnumerable<string> Pointers(JsonNode node, string at) => node switch
    {
        JsonObject parent => parent.SelectMany(child => child.Value is null ? [] : Pointers(child.Value, $"{at}/{child.Key}").Prepend($"{at}/{child.Key}")),
        _ => [],
    };

    private static string Changed(string at, JsonNode? value, bool remove = false, bool stranger = false)
    {
        var root = JsonNode.Parse(Full)!;
        var path = at.Split('/')[1..];
        var parent = path[..^1].Aggregate(root, (node, part) => node[part]!).AsObject();
        if (remove)
        {
            parent.Remove(path[^1]);
        }
        else if (stranger)
        {
            parent["Stranger!"] = 1;
        }
        else
        {
            parent[path[^1]] = value;
        }

        return root.ToJsonString();
    }

    /// <summary>A manifest's text as JSON, by a reader that knows nothing of manifests.</summary>
    private static JsonNode Json(string yaml)
    {
        var value = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return JsonNode.Parse(new YamlDotNet.Serialization.SerializerBuilder().JsonCompatible().Build().Serialize(value))!;
    }

    private static async Task<string> GuideManifest()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "roblox-deployments.md"), TestContext.Current.CancellationToken);
        return Manifest().Match(guide).Groups["yaml"].Value;
    }

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [GeneratedRegex(@"cat > toolbox\.yml <<'END'\n(?<yaml>.*?)\nEND\n", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Manifest();

    /// <summary>A number where text is wanted is read as text, an empty section as an empty value.</summary>
    [GeneratedRegex("must be (string|integer|number|boolean)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnlyTheSchemaMinds();

    [GeneratedRegex(@"circle|not there|no environment|\.universe is missing|must give the id|no variable|only a Model|another universe", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnlyAReaderKnows();
}
