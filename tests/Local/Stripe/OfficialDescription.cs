using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>
/// Judges answers by the official description. It is one release newer than the one that is pinned: a member that only the newer
/// one has may be missing, and one that only the older one has may be there. What the older release has, Stripe's own fixtures
/// of that release say (<c>fixtures3.json</c>).
/// </summary>
internal sealed class OfficialDescription
{
    private readonly JsonElement schemas;
    private readonly JsonElement fixtures;
    private readonly List<(Regex Path, JsonElement Methods)> paths = [];
    private readonly Dictionary<string, string> objectOfEvent;

    private OfficialDescription(JsonDocument description, JsonDocument fixtures, JsonDocument events)
    {
        schemas = description.RootElement.GetProperty("components").GetProperty("schemas");
        this.fixtures = fixtures.RootElement.GetProperty("resources");
        foreach (var path in description.RootElement.GetProperty("paths").EnumerateObject())
        {
            paths.Add((new Regex("^" + Regex.Replace(path.Name, @"\{\w+\}", "[^/]+") + "$"), path.Value));
        }

        objectOfEvent = events.RootElement.GetProperty("events").EnumerateArray()
            .ToDictionary(e => e.GetProperty("type").GetString()!, e => e.GetProperty("object").GetString()!);
    }

    public static OfficialDescription Read() => new(
        JsonDocument.Parse(File.ReadAllText(StripeContracts.File("stripe-2026-10-28.endive.reduced.json"))),
        JsonDocument.Parse(File.ReadAllText(StripeContracts.File("fixtures3.json"))),
        JsonDocument.Parse(File.ReadAllText(StripeContracts.File("events-2026-10-28.endive.json"))));

    /// <summary>What is wrong with an answer; empty when nothing is.</summary>
    public IReadOnlyList<string> Judge(string method, string path, int status, JsonElement answer)
    {
        var described = paths.FirstOrDefault(p => p.Path.IsMatch(path)).Methods;
        if (described.ValueKind != JsonValueKind.Object || !described.TryGetProperty(method.ToLowerInvariant(), out var operation))
        {
            return [$"{method} {path} is not described"];
        }

        var responses = operation.GetProperty("responses");
        var response = status == 200 ? responses.GetProperty("200") : responses.GetProperty("default");
        var found = new List<string>();
        Check(answer, response.GetProperty("content").GetProperty("application/json").GetProperty("schema"), $"{method} {path} {status}", found);
        return found;
    }

    /// <summary>What is wrong with an event as it is delivered.</summary>
    public IReadOnlyList<string> JudgeEvent(JsonElement told)
    {
        var type = told.GetProperty("type").GetString()!;
        var found = new List<string>();
        Check(told, schemas.GetProperty("EventBase"), type, found, null, "data");
        if (!objectOfEvent.TryGetValue(type, out var name))
        {
            found.Add($"{type} is no event of Stripe's");
        }
        else
        {
            Check(told.GetProperty("data").GetProperty("object"), schemas.GetProperty(name), type, found);
        }

        return found;
    }

    private void Check(JsonElement value, JsonElement schema, string at, List<string> found, JsonElement? older = null, params string[] others)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            if (!schema.TryGetProperty("nullable", out var nullable) || !nullable.GetBoolean())
            {
                found.Add($"{at} is null");
            }
        }
        else if (schema.TryGetProperty("anyOf", out var any))
        {
            CheckAny(value, any, at, found, older);
        }
        else if (schema.TryGetProperty("allOf", out var all))
        {
            // Each part describes some of the members: together they must describe all.
            var parts = all.EnumerateArray().Select(Resolve).ToList();
            var members = parts.SelectMany(PropertiesOf).Select(p => p.Name).ToArray();
            foreach (var part in parts)
            {
                Check(value, part, at, found, older, members);
            }
        }
        else
        {
            CheckOne(value, schema, at, found, older, others);
        }
    }

    private void CheckAny(JsonElement value, JsonElement any, string at, List<string> found, JsonElement? older)
    {
        var attempts = any.EnumerateArray().Select(Resolve).Select(schema =>
        {
            var problems = new List<string>();
            Check(value, schema, at, problems, older);
            return (Schema: schema, Problems: problems);
        }).ToList();

        // Of objects, the one of the same type says what is wrong, not a stub that lets everything through.
        var same = attempts.Where(a => value.ValueKind == JsonValueKind.Object && SameObject(value, a.Schema)).ToList();
        var best = (same.Count > 0 ? same : attempts).MinBy(a => a.Problems.Count);
        found.AddRange(best.Problems);
    }

    private static bool SameObject(JsonElement value, JsonElement schema) =>
        value.TryGetProperty("object", out var name)
        && schema.TryGetProperty("properties", out var properties)
        && properties.TryGetProperty("object", out var described)
        && described.TryGetProperty("enum", out var names)
        && names.EnumerateArray().Any(n => n.GetString() == name.GetString());

    private void CheckOne(JsonElement value, JsonElement schema, string at, List<string> found, JsonElement? older, string[] others)
    {
        if (schema.TryGetProperty("type", out var type) && !Fits(value, type.GetString()!))
        {
            found.Add($"{at} is {value.ValueKind}, not {type.GetString()}");
            return;
        }

        if (schema.TryGetProperty("enum", out var allowed) && !schema.TryGetProperty("x-open-enum", out _)
            && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)))
        {
            found.Add($"{at} is {value.GetRawText()}, which is none of the allowed");
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(item, items, $"{at}[{index++}]", found);
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, schema, at, found, FixtureOf(value) ?? older, others);
        }
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string at, List<string> found, JsonElement? fixture, string[] others)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!))
            {
                if (!value.TryGetProperty(name, out _) && Member(fixture, name, otherwise: true))
                {
                    found.Add($"{at}.{name} is missing");
                }
            }
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in value.EnumerateObject())
                {
                    Check(member.Value, additional, $"{at}.{member.Name}", found);
                }
            }

            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var described))
            {
                JsonElement? inside = fixture is { ValueKind: JsonValueKind.Object } old && old.TryGetProperty(member.Name, out var element)
                    && element.ValueKind == JsonValueKind.Object ? element : null;
                Check(member.Value, described, $"{at}.{member.Name}", found, inside);
            }
            else if (!others.Contains(member.Name) && !Member(fixture, member.Name, otherwise: false))
            {
                found.Add($"{at}.{member.Name} is not described");
            }
        }
    }

    /// <summary>Whether the older release has a member; where no fixture tells, <paramref name="otherwise"/>.</summary>
    private static bool Member(JsonElement? fixture, string name, bool otherwise) =>
        fixture is { ValueKind: JsonValueKind.Object } old ? old.TryGetProperty(name, out _) : otherwise;

    private JsonElement? FixtureOf(JsonElement value) =>
        value.TryGetProperty("object", out var name) && name.ValueKind == JsonValueKind.String && fixtures.TryGetProperty(name.GetString()!, out var fixture)
            ? fixture
            : null;

    private JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]) : schema;

    private static IEnumerable<JsonProperty> PropertiesOf(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : [];

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new InvalidOperationException($"The description uses a type '{type}' that this judge does not know."),
    };
}
