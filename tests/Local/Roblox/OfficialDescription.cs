using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Roblox;

/// <summary>Judges requests and answers by Roblox's own description of Open Cloud.</summary>
internal sealed class OfficialDescription
{
    private readonly JsonElement schemas;
    private readonly List<(Regex Path, string Template, JsonElement Methods)> paths = [];

    private OfficialDescription(JsonElement document)
    {
        schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            paths.Add((new Regex("^" + Regex.Replace(Regex.Escape(path.Name), @"\\\{\w+}", "[^/:]+") + "$"), path.Name, path.Value));
        }
    }

    public static OfficialDescription Read()
    {
        var file = Repository.Contracts is { } contracts ? Path.Combine(contracts, "roblox", "open-cloud.reduced.json") : "";
        Assert.SkipUnless(File.Exists(file), "../shared/contracts/roblox/open-cloud.reduced.json is not there.");
        return new(JsonDocument.Parse(File.ReadAllText(file)).RootElement);
    }

    /// <summary>The description's name of an endpoint, e.g. <c>GET /assets/v1/assets/{assetId}</c>; null when it has none.</summary>
    public string? NameOf(string method, string path) => Find(method, path) is var (template, _) && template is not null ? $"{method} {template}" : null;

    /// <summary>What is wrong with a request's JSON, as a body or as the field <c>request</c> of a form.</summary>
    public IReadOnlyList<string> JudgeRequest(string method, string path, JsonElement body)
    {
        var (template, operation) = Find(method, path);
        if (template is null)
        {
            return [$"{method} {path} is not described"];
        }

        var content = operation.GetProperty("requestBody").GetProperty("content");
        var found = new List<string>();
        var schema = content.TryGetProperty("multipart/form-data", out var form)
            ? form.GetProperty("schema").GetProperty("properties").GetProperty("request")
            : content.GetProperty("application/json").GetProperty("schema");
        Check(body, schema, $"request {method} {template}", found);
        return found;
    }

    /// <summary>What is wrong with an answer. Where the description says nothing of a status, its body is free.</summary>
    public IReadOnlyList<string> JudgeAnswer(string method, string path, int status, JsonElement body)
    {
        var (template, operation) = Find(method, path);
        if (template is null)
        {
            return [$"{method} {path} is not described"];
        }

        var found = new List<string>();
        if (operation.GetProperty("responses").TryGetProperty($"{status}", out var response)
            && response.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json))
        {
            Check(body, json.GetProperty("schema"), $"{status} {method} {template}", found);
        }

        return found;
    }

    private (string? Template, JsonElement Operation) Find(string method, string path)
    {
        foreach (var (pattern, template, methods) in paths)
        {
            if (pattern.IsMatch(path) && methods.TryGetProperty(method.ToLowerInvariant(), out var operation))
            {
                return (template, operation);
            }
        }

        return default;
    }

    private void Check(JsonElement value, JsonElement schema, string at, List<string> found)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            if (schema.TryGetProperty("nullable", out var nullable) ? !nullable.GetBoolean() : schema.TryGetProperty("type", out _))
            {
                found.Add($"{at} is null");
            }

            return;
        }

        if (schema.TryGetProperty("allOf", out var all))
        {
            foreach (var part in all.EnumerateArray())
            {
                Check(value, part, at, found);
            }
        }

        if (schema.TryGetProperty("type", out var type) && !Fits(value, type.GetString()!))
        {
            found.Add($"{at} is {value.ValueKind}, not {type.GetString()}");
        }
        else if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
        {
            found.Add($"{at} is {value.GetRawText()}, which is none of the allowed");
        }
        else if (schema.TryGetProperty("maximum", out var maximum) && value.GetDouble() > maximum.GetDouble())
        {
            found.Add($"{at} is more than {maximum}");
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
            {
                Check(item, items, $"{at}[]", found);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, schema, at, found);
        }
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string at, List<string> found)
    {
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            found.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{at}.{name} is missing"));
        }

        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out var described))
            {
                Check(member.Value, described, $"{at}.{member.Name}", found);
            }
            else if (others.ValueKind == JsonValueKind.Object)
            {
                Check(member.Value, others, $"{at}.*", found);
            }
            else if (schema.TryGetProperty("properties", out _))
            {
                found.Add($"{at}.{member.Name} is not described");
            }
        }
    }

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };
}
