using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Looks whether all content of a release is there.</summary>
public sealed class ValidateRelease(IContentStore content)
{
    /// <summary>Looks; changes nothing.</summary>
    [Function(nameof(ValidateRelease))]
    public async Task<PreparedRelease> Run([ActivityTrigger] PrepareReleaseInput input, CancellationToken ct)
    {
        var (release, tenant) = (input.Start.Release!, input.Start.Tenant);
        var files = release.Places.Select(place => (place.Name, place.Sha256)).Concat(release.Assets.Select(asset => (asset.Spec.Name, asset.Sha256)))
            .Append(("the test", release.SmokeSha256 ?? release.ManifestSha256)).ToList();
        foreach (var (name, sha256) in files)
        {
            if (!await content.Has(tenant, sha256, ct))
            {
                return new("", $"The content of {name} ({sha256}) is not there; upload it and retry.");
            }
        }

        return new($"All {files.Count} files are there.");
    }
}
