using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>Reads <c>toolbox.yml</c> for an environment, and says what is wrong with it and how to mend it.</summary>
public static partial class ManifestReader
{
    /// <summary>The secret that every manifest names.</summary>
    public const string KeySecret = "openCloud";

    private const int MostAncestors = 10;

    /// <summary>Reads; either the manifest or the errors.</summary>
    public static (ResolvedManifest? Manifest, IReadOnlyList<ManifestError> Errors) Read(string yaml, string environment)
    {
        var (document, unreadable) = ManifestYaml.Parse(yaml);
        if (document is null)
        {
            return (null, [unreadable!]);
        }

        var errors = new List<string>(ManifestChecks.Errors(document));
        var manifest = errors.Count == 0 ? Resolve(document, environment, errors) : null;
        return errors.Count == 0 ? (manifest, []) : (null, [.. errors.Distinct().Select(error => new ManifestError(null, error))]);
    }

    private static ResolvedManifest? Resolve(ManifestDocument document, string environment, List<string> errors)
    {
        if (Target(document, environment, errors) is not { } target)
        {
            return null;
        }

        var through = Inherited(document, environment).Select(ancestor => ancestor.Through).LastOrDefault(name => name is not null);
        var staging = through is null ? null : Target(document, through, errors);
        if (staging?.UniverseId == target.UniverseId)
        {
            errors.Add($"environments.{environment}.through must lead to another universe: what tests write to data stores there is real.");
        }

        return Resolve(document, target, staging, errors);
    }

    private static ResolvedManifest Resolve(ManifestDocument document, ReleaseTarget target, ReleaseTarget? staging, List<string> errors)
    {
        var variables = Variables(document, target.Environment);
        string Put(string text) => Fill(text, variables, errors, value => value);
        var images = (document.Icon is null ? [] : new[] { ("icon", document.Icon) }).Concat(document.Thumbnails.Select((file, n) => ($"thumbnail-{n + 1}", file)));
        var assets = document.Assets.Select(asset => new AssetSpec(
                asset.Key, asset.Value.Type, asset.Value.File, Put(asset.Value.Name ?? asset.Key), Put(asset.Value.Description), asset.Value.Price, asset.Value.InPlace, asset.Value.Needs))
            .Concat(images.Select(image => new AssetSpec(image.Item1, "Image", image.Item2, $"{document.Experience} {image.Item1}", "", 0, false, [])));
        return new(
            document.Experience,
            document.Owner!.User is { } user ? new(OwnerKind.User, user) : new(OwnerKind.Group, document.Owner.Group!.Value),
            document.Secrets[KeySecret],
            document.Places.ToDictionary(place => place.Key, place => place.Value.File),
            ManifestChecks.InOrder([.. assets]),
            [
                .. images.Select(image => $"Choose the uploaded {image.Item1} in the Creator Dashboard."),
                .. document.Products.Select(product => $"Developer product {product.Key}: name '{Put(product.Value.Name)}', price {product.Value.Price} Robux, in the Creator Dashboard."),
                .. document.Passes.Select(pass => $"Pass {pass.Key}: name '{Put(pass.Value.Name)}', price {pass.Value.Price} Robux, in the Creator Dashboard."),
            ],
            document.Smoke is { } smoke ? new(smoke.Script, smoke.TimeoutSeconds) : null,
            new(document.Policy.Approval == "required", document.Policy.ApprovalHours, document.Policy.WatchMinutes, document.Policy.MaxErrorsPerServerMinute, document.Policy.MaxPlayerDropPercent),
            target,
            staging);
    }

    private static ReleaseTarget? Target(ManifestDocument document, string environment, List<string> errors)
    {
        if (!document.Environments.ContainsKey(environment))
        {
            errors.Add($"There is no environment '{environment}'; the manifest has {string.Join(", ", document.Environments.Keys)}.");
            return null;
        }

        var line = Inherited(document, environment);
        if (line.Count > MostAncestors)
        {
            errors.Add($"environments.{environment}: inherits goes in a circle, or to an environment that is not there.");
            return null;
        }

        var universe = line.Select(ancestor => ancestor.Universe).LastOrDefault(id => id is not null);
        var places = new Dictionary<string, long>();
        var configs = new SortedDictionary<string, object?>(document.Configs, StringComparer.Ordinal);
        foreach (var ancestor in line)
        {
            places = ancestor.Places.Count > 0 ? ancestor.Places : places;
            foreach (var (name, value) in ancestor.Configs)
            {
                configs[name] = value;
            }
        }

        if (universe is not > 0)
        {
            errors.Add($"environments.{environment}.universe is missing.");
        }

        if (!places.Keys.ToHashSet().SetEquals(document.Places.Keys))
        {
            errors.Add($"environments.{environment}.places must give the id of each place: {string.Join(", ", document.Places.Keys)}.");
        }

        var config = new JsonObject(configs.Select(entry => KeyValuePair.Create(entry.Key, ManifestYaml.Json(entry.Value, $"configs.{entry.Key}", errors))));
        return new(environment, universe ?? 0, places, Fill(config.ToJsonString(), Variables(document, environment), errors, value => JsonEncodedText.Encode(value).ToString()));
    }

    /// <summary>An environment after those that it inherits from; too many when that never ends.</summary>
    private static List<ManifestEnvironment> Inherited(ManifestDocument document, string environment)
    {
        var line = new List<ManifestEnvironment>();
        for (var name = environment; name is not null && line.Count <= MostAncestors; name = line[0].Inherits)
        {
            if (!document.Environments.TryGetValue(name, out var found))
            {
                return [.. Enumerable.Repeat(new ManifestEnvironment(), MostAncestors + 1)];
            }

            line.Insert(0, found ?? new());
        }

        return line;
    }

    private static Dictionary<string, string> Variables(ManifestDocument document, string environment)
    {
        var variables = new Dictionary<string, string>(document.Variables) { ["environment"] = environment };
        foreach (var (name, value) in Inherited(document, environment).SelectMany(ancestor => ancestor.Variables))
        {
            variables[name] = value;
        }

        return variables;
    }

    private static string Fill(string text, Dictionary<string, string> variables, List<string> errors, Func<string, string> encode) => Variable().Replace(text, match =>
    {
        if (variables.TryGetValue(match.Groups[1].Value, out var value))
        {
            return encode(value);
        }

        errors.Add($"There is no variable '{match.Groups[1].Value}'.");
        return "";
    });

    [GeneratedRegex(@"\$\{([A-Za-z][A-Za-z0-9_]{0,39})\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
