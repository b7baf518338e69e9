using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Roblox.OpenCloud;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>Reads <c>toolbox.yml</c> for an environment, and says what is wrong with it and how to mend it.</summary>
public static partial class ManifestReader
{
    /// <summary>The secret that every manifest names.</summary>
    public const string KeySecret = "openCloud";

    private const int MostAncestors = 10;
    private static readonly string[] Types = ["Model", "Audio", "Decal", "Image", "Animation", "Video", "Mesh"];

    /// <summary>Reads; either the manifest or the errors.</summary>
    public static (ResolvedManifest? Manifest, IReadOnlyList<ManifestError> Errors) Read(string yaml, string environment)
    {
        ManifestDocument? document;
        try
        {
            document = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithAttemptingUnquotedStringTypeDeserialization()
                .WithDuplicateKeyChecking().Build().Deserialize<ManifestDocument?>(yaml);
        }
        catch (YamlException e)
        {
            return (null, [new(e.Start.Line, e.InnerException?.Message ?? e.Message)]);
        }

        if (document is null)
        {
            return (null, [new(null, "The manifest is empty.")]);
        }

        var errors = new List<string>();
        FillGaps(document);
        Check(document, errors);
        var target = errors.Count == 0 ? Target(document, environment, errors) : null;
        var through = target is null ? null : Inherited(document, environment).Select(ancestor => ancestor.Through).LastOrDefault(name => name is not null);
        var staging = through is null ? null : Target(document, through, errors);
        if (errors.Count > 0)
        {
            return (null, [.. errors.Select(error => new ManifestError(null, error))]);
        }

        return (Resolve(document, environment, target!, staging), []);
    }

    /// <summary>A section that is there without anything in it is as good as none.</summary>
    private static void FillGaps(ManifestDocument document)
    {
        document.Secrets ??= [];
        document.Variables ??= [];
        document.Places ??= [];
        document.Assets ??= [];
        document.Thumbnails ??= [];
        document.Products ??= [];
        document.Passes ??= [];
        document.Configs ??= [];
        document.Policy ??= new();
        document.Environments ??= [];
        foreach (var environment in document.Environments.Values.Where(environment => environment is not null))
        {
            environment.Places ??= [];
            environment.Variables ??= [];
            environment.Configs ??= [];
        }
    }

    private static ResolvedManifest Resolve(ManifestDocument document, string environment, ReleaseTarget target, ReleaseTarget? staging)
    {
        var variables = Variables(document, environment);
        string Put(string text) => Fill(text, variables, []);
        var images = (document.Icon is null ? [] : new[] { ("icon", document.Icon) }).Concat(document.Thumbnails.Select((file, n) => ($"thumbnail-{n + 1}", file)));
        var assets = document.Assets.Select(asset => new AssetSpec(
                asset.Key, asset.Value.Type, asset.Value.File, Put(asset.Value.Name ?? asset.Key), Put(asset.Value.Description), asset.Value.Price, asset.Value.InPlace, asset.Value.Needs))
            .Concat(images.Select(image => new AssetSpec(image.Item1, "Image", image.Item2, $"{document.Experience} {image.Item1}", "", 0, false, [])));
        return new(
            document.Experience,
            document.Owner!.User is { } user ? new(OwnerKind.User, user) : new(OwnerKind.Group, document.Owner.Group!.Value),
            document.Secrets[KeySecret],
            document.Places.ToDictionary(place => place.Key, place => place.Value.File),
            InOrder([.. assets]),
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

    private static void Check(ManifestDocument document, List<string> errors)
    {
        void Want(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }

        Want(document.Version == 1, "version must be 1.");
        Want(Names().IsMatch(document.Experience), "experience must be a name of 1 to 40 lower-case letters, digits and dashes that begins with a letter.");
        Want(document.Owner is { } owner && (owner.User is > 0) != (owner.Group is > 0), "owner must be either {user: id} or {group: id}.");
        Want(document.Secrets.TryGetValue(KeySecret, out var key) && Names().IsMatch(key), $"secrets.{KeySecret} must name the secret that holds the Open Cloud key; the key itself has no place in a manifest.");
        Want(document.Places.Count is >= 1 and <= 50, "places must name 1 to 50 places.");
        Want(document.Assets.Count <= 500, "assets: at most 500.");
        Want(document.Policy.Approval is "required" or "none", "policy.approval must be required or none.");
        Want(document.Policy.ApprovalHours is >= 1 and <= 720, "policy.approvalHours must be 1 to 720.");
        Want(document.Policy.WatchMinutes is >= 1 and <= 120, "policy.watchMinutes must be 1 to 120.");
        Want(document.Policy.MaxErrorsPerServerMinute is >= 0 and <= 1000, "policy.maxErrorsPerServerMinute must be 0 to 1000.");
        Want(document.Policy.MaxPlayerDropPercent is >= 1 and <= 100, "policy.maxPlayerDropPercent must be 1 to 100.");
        Want(document.Smoke is null or { TimeoutSeconds: >= 1 and <= 300 }, "smoke.timeoutSeconds must be 1 to 300.");
        foreach (var (name, file) in document.Places.Select(place => (place.Key, place.Value?.File ?? "")).Concat(document.Assets.Select(asset => (asset.Key, asset.Value?.File ?? ""))).Append(("smoke", document.Smoke?.Script ?? "x")))
        {
            Want(Names().IsMatch(name), $"'{name}' must be a name of 1 to 40 lower-case letters, digits and dashes that begins with a letter.");
            Want(IsRelative(file), $"{name}: the file '{file}' must be a path below the manifest's folder, with forward slashes.");
        }

        foreach (var (name, asset) in document.Assets.Where(asset => asset.Value is not null))
        {
            Want(Types.Contains(asset.Type), $"assets.{name}.type must be one of {string.Join(", ", Types)}.");
            Want(asset.Price is >= 0 and <= 100_000 && asset.Description.Length <= 1000, $"assets.{name}: price must be 0 to 100,000 and description at most 1,000 characters.");
            Want(!asset.InPlace || asset.Type == "Model", $"assets.{name}: only a Model can change in place.");
            Want(asset.Needs.TrueForAll(document.Assets.ContainsKey), $"assets.{name}.needs names an asset that is not there.");
        }

        Want(errors.Count > 0 || InOrder([.. document.Assets.Select(asset => new AssetSpec(asset.Key, "", "", "", "", 0, false, asset.Value.Needs))]).Count == document.Assets.Count, "assets: needs go in a circle.");
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

        var variables = Variables(document, environment);
        return new(environment, universe ?? 0, places, Fill(JsonSerializer.Serialize(configs), variables, errors));
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

    private static string Fill(string text, Dictionary<string, string> variables, List<string> errors) => Variable().Replace(text, match =>
    {
        if (variables.TryGetValue(match.Groups[1].Value, out var value))
        {
            return JsonEncodedText.Encode(value).ToString();
        }

        errors.Add($"There is no variable '{match.Groups[1].Value}'.");
        return "";
    });

    /// <summary>Each after what it needs; those in a circle are left out.</summary>
    private static List<AssetSpec> InOrder(List<AssetSpec> assets)
    {
        var (ordered, left) = (new List<AssetSpec>(), assets);
        while (left.Where(asset => asset.Needs.All(need => ordered.Exists(done => done.Name == need))).ToList() is { Count: > 0 } ready)
        {
            ordered.AddRange(ready);
            left = [.. left.Except(ready)];
        }

        return ordered;
    }

    private static bool IsRelative(string file) =>
        file.Length is > 0 and <= 300 && !file.StartsWith('/') && !file.Contains('\\') && !file.Split('/').Any(part => part is "" or "." or "..") && !file.Contains(':');

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();

    [GeneratedRegex(@"\$\{([A-Za-z][A-Za-z0-9_]{0,39})\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
