using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>What a manifest must be, whatever the environment. <c>toolbox.schema.json</c> says the same to editors, as far as a schema can.</summary>
internal static partial class ManifestChecks
{
    private static readonly string[] Types = ["Model", "Audio", "Decal", "Image", "Animation", "Video", "Mesh"];

    /// <summary>A document in which every section and entry that is there without anything in it is as good as an empty one.</summary>
    public static ManifestDocument WithoutGaps(ManifestDocument document)
    {
        document.Experience ??= "";
        document.Secrets = Filled(document.Secrets, () => "");
        document.Variables = Filled(document.Variables, () => "");
        document.Places = Filled(document.Places, () => new());
        document.Assets = Filled(document.Assets, () => new());
        document.Thumbnails = [.. (document.Thumbnails ?? []).Select(file => file ?? "")];
        document.Products = Filled(document.Products, () => new());
        document.Passes = Filled(document.Passes, () => new());
        document.Configs ??= [];
        document.Policy ??= new();
        document.Policy.Approval ??= "";
        document.Environments = Filled(document.Environments, () => new());
        foreach (var place in document.Places.Values)
        {
            place.File ??= "";
        }

        foreach (var asset in document.Assets.Values)
        {
            asset.Type ??= "";
            asset.File ??= "";
            asset.Description ??= "";
            asset.Needs = [.. (asset.Needs ?? []).Select(need => need ?? "")];
        }

        foreach (var product in document.Products.Values.Concat(document.Passes.Values))
        {
            product.Name ??= "";
        }

        foreach (var environment in document.Environments.Values)
        {
            environment.Places ??= [];
            environment.Variables = Filled(environment.Variables, () => "");
            environment.Configs ??= [];
        }

        return document;
    }

    /// <summary>What is wrong with a document, and how to mend it.</summary>
    public static IEnumerable<string> Errors(ManifestDocument document)
    {
        var errors = new List<string>();
        void Want(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }

        Want(document.Version == 1, "version must be 1.");
        Want(IsName(document.Experience), "experience must be a name of 1 to 40 lower-case letters, digits and dashes that begins with a letter.");
        Want(document.Owner is { } owner && (owner.User is > 0) != (owner.Group is > 0) && owner.User is null or > 0 && owner.Group is null or > 0, "owner must be either {user: id} or {group: id}.");
        Want(
            document.Secrets.Count == 1 && document.Secrets.TryGetValue(ManifestReader.KeySecret, out var key) && IsName(key),
            $"secrets must have {ManifestReader.KeySecret} alone: the name of the secret that holds the Open Cloud key; the key itself has no place in a manifest.");
        Want(document.Places.Count is >= 1 and <= 50, "places must name 1 to 50 places.");
        Want(document.Assets.Count <= 500, "assets: at most 500.");
        Want(document.Thumbnails.Count <= 20, "thumbnails: at most 20.");
        Want(document.Policy.Approval is "required" or "none", "policy.approval must be required or none.");
        Want(document.Policy.ApprovalHours is >= 1 and <= 720, "policy.approvalHours must be 1 to 720.");
        Want(document.Policy.WatchMinutes is >= 1 and <= 120, "policy.watchMinutes must be 1 to 120.");
        Want(document.Policy.MaxErrorsPerServerMinute is >= 0 and <= 1000, "policy.maxErrorsPerServerMinute must be 0 to 1000.");
        Want(document.Policy.MaxPlayerDropPercent is >= 1 and <= 100, "policy.maxPlayerDropPercent must be 1 to 100.");
        Want(document.Smoke is null or { TimeoutSeconds: >= 1 and <= 300 }, "smoke.timeoutSeconds must be 1 to 300.");
        Want(document.Environments.Count > 0, "environments must name at least one.");
        foreach (var name in document.Places.Keys.Concat(document.Assets.Keys).Concat(document.Products.Keys).Concat(document.Passes.Keys).Concat(document.Environments.Keys).Where(name => !IsName(name)))
        {
            errors.Add($"'{name}' must be a name of 1 to 40 lower-case letters, digits and dashes that begins with a letter.");
        }

        foreach (var (at, file) in Files(document).Where(file => !IsRelative(file.File)))
        {
            errors.Add($"{at}: the file '{file}' must be a path below the manifest's folder, with forward slashes.");
        }

        foreach (var name in document.Variables.Keys.Concat(document.Environments.Values.SelectMany(environment => environment.Variables.Keys)).Where(name => !Variables().IsMatch(name)))
        {
            errors.Add($"variables: '{name}' must be 1 to 40 letters, digits and underscores that begin with a letter.");
        }

        foreach (var (name, product) in document.Products.Concat(document.Passes))
        {
            Want(product.Name.Length > 0 && product.Price is >= 0 && product.Id is null or > 0, $"{name}: a product or pass has a name, a price from 0 and, once it is there, an id from 1.");
        }

        foreach (var environment in document.Environments)
        {
            Want(environment.Value.Places.Values.All(id => id > 0) && environment.Value.Universe is null or > 0, $"environments.{environment.Key}: ids are numbers from 1.");
        }

        return errors.Concat(OfAssets(document));
    }

    /// <summary>Each after what it needs; those in a circle are left out.</summary>
    public static List<AssetSpec> InOrder(List<AssetSpec> assets)
    {
        var (ordered, names, left) = (new List<AssetSpec>(), new HashSet<string>(), assets);
        while (left.Where(asset => asset.Needs.All(names.Contains)).ToList() is { Count: > 0 } ready)
        {
            ordered.AddRange(ready);
            names.UnionWith(ready.Select(asset => asset.Name));
            left = [.. left.Where(asset => !names.Contains(asset.Name))];
        }

        return ordered;
    }

    private static IEnumerable<string> OfAssets(ManifestDocument document)
    {
        foreach (var (name, asset) in document.Assets)
        {
            if (!Types.Contains(asset.Type))
            {
                yield return $"assets.{name}.type must be one of {string.Join(", ", Types)}.";
            }

            if (asset.Price is < 0 or > 100_000 || asset.Description.Length > 1000)
            {
                yield return $"assets.{name}: price must be 0 to 100,000 and description at most 1,000 characters.";
            }

            if (asset.InPlace && asset.Type != "Model")
            {
                yield return $"assets.{name}: only a Model can change in place.";
            }

            if (!asset.Needs.TrueForAll(document.Assets.ContainsKey))
            {
                yield return $"assets.{name}.needs names an asset that is not there.";
            }

            if ((name == "icon" && document.Icon is not null) || (document.Thumbnails.Count > 0 && name.StartsWith("thumbnail-", StringComparison.Ordinal)))
            {
                yield return $"assets.{name}: the icon and the thumbnails are assets of this name themselves; give it another.";
            }
        }

        var known = document.Assets.Select(asset => new AssetSpec(asset.Key, "", "", "", "", 0, false, [.. asset.Value.Needs.Where(document.Assets.ContainsKey)])).ToList();
        if (InOrder(known).Count < known.Count)
        {
            yield return "assets: needs go in a circle.";
        }
    }

    private static IEnumerable<(string At, string File)> Files(ManifestDocument document)
    {
        var files = document.Places.Select(place => ($"places.{place.Key}", place.Value.File)).Concat(document.Assets.Select(asset => ($"assets.{asset.Key}", asset.Value.File)))
            .Concat(document.Thumbnails.Select(file => ("thumbnails", file)));
        files = document.Icon is { } icon ? files.Append(("icon", icon)) : files;
        return document.Smoke is { } smoke ? files.Append(("smoke.script", smoke.Script ?? "")) : files;
    }

    private static bool IsName(string name) => Names().IsMatch(name);

    private static bool IsRelative(string file) =>
        file.Length is > 0 and <= 300 && !file.Contains('\\') && !file.Contains(':') && !file.Split('/').Any(part => part is "" or "." or "..");

    private static Dictionary<string, T> Filled<T>(Dictionary<string, T>? entries, Func<T> empty) =>
        entries?.ToDictionary(entry => entry.Key, entry => entry.Value ?? empty()) ?? [];

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,39}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variables();
}
