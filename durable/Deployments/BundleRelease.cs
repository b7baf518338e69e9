using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Packs a release's files into its bundle.</summary>
public sealed class BundleRelease(IContentStore content)
{
    /// <summary>Packs and stores; the same files give the same bundle.</summary>
    [Function(nameof(BundleRelease))]
    public async Task<PreparedRelease> Run([ActivityTrigger] PrepareReleaseInput input, CancellationToken ct)
    {
        var (release, tenant) = (input.Start.Release!, input.Start.Tenant);
        var files = new Dictionary<string, byte[]> { ["toolbox.yml"] = await content.Read(tenant, release.ManifestSha256, ct) };
        foreach (var place in release.Places)
        {
            files[$"places/{place.Name}"] = await content.Read(tenant, place.Sha256, ct);
        }

        foreach (var asset in release.Assets)
        {
            files[$"assets/{asset.Spec.Name}"] = await content.Read(tenant, asset.Sha256, ct);
        }

        if (release.SmokeSha256 is { } smoke)
        {
            files["smoke.luau"] = await content.Read(tenant, smoke, ct);
        }

        var sha256 = await content.Put(tenant, Bundle.Write(files), ct);
        return new($"Bundle {sha256[..12]} holds {files.Count} files.", BundleSha256: sha256);
    }
}
