using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>The manifest's text as a document. It comes from strangers: what grows beyond its own length or nests without end is refused.</summary>
internal static class ManifestYaml
{
    private const int MostDepth = 20;

    /// <summary>Making one looks at every type by reflection, which takes longer than most manifests; one is for one thread.</summary>
    private static readonly ThreadLocal<IDeserializer> Deserializer = new(() => new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance).WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build());

    /// <summary>Reads the text; the document without gaps, or what is wrong with it.</summary>
    public static (ManifestDocument? Document, ManifestError? Error) Parse(string yaml)
    {
        try
        {
            if (Unusable(yaml) is { } error)
            {
                return (null, error);
            }

            var document = Deserializer.Value!.Deserialize<ManifestDocument?>(yaml);
            return document is null ? (null, new(null, "The manifest is empty.")) : (ManifestChecks.WithoutGaps(document), null);
        }
        catch (YamlException e)
        {
            return (null, new(e.Start.Line, e.InnerException?.Message ?? e.Message));
        }
    }

    /// <summary>A value of the section <c>configs</c> as JSON.</summary>
    public static JsonNode? Json(object? value, string at, List<string> errors)
    {
        switch (value)
        {
            case null:
                return null;
            case string text:
                return JsonValue.Create(text);
            case bool flag:
                return JsonValue.Create(flag);
            case IDictionary<object, object?> map:
                return new JsonObject(map.Select(entry => (Name: Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "", entry.Value))
                    .Select(member => KeyValuePair.Create(member.Name, Json(member.Value, $"{at}.{member.Name}", errors))));
            case IEnumerable list:
                return new JsonArray([.. list.Cast<object?>().Select(item => Json(item, $"{at}[]", errors))]);
            case double or float when !double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                errors.Add($"{at} is no number that scripts can read.");
                return null;
            default:
                return JsonNode.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }
    }

    private static ManifestError? Unusable(string yaml)
    {
        var (parser, depth) = (new Parser(new StringReader(yaml)), 0);
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MostDepth)
            {
                return new(parser.Current.Start.Line, $"Nothing may be nested deeper than {MostDepth} levels.");
            }

            if (parser.Current is AnchorAlias alias)
            {
                return new(alias.Start.Line, $"Write out what *{alias.Value} stands for: anchors and aliases are not read.");
            }
        }

        return null;
    }
}
