using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Scans a release's scripts.</summary>
public sealed class ScanRelease(IContentStore content, TimeProvider clock)
{
    /// <summary>Scans; changes nothing.</summary>
    [Function(nameof(ScanRelease))]
    public async Task<PreparedRelease> Run([ActivityTrigger] PrepareReleaseInput input, CancellationToken ct)
    {
        var (release, tenant) = (input.Start.Release!, input.Start.Tenant);
        var files = release.Places.Select(place => (place.Name, "Place", place.Sha256))
            .Concat(release.Assets.Where(asset => asset.Action != AssetAction.Keep).Select(asset => (asset.Spec.Name, asset.Spec.Type, asset.Sha256))).ToList();
        var report = await ReleaseScan.Run(files, sha256 => content.Read(tenant, sha256, ct), release.Assets.Select(asset => asset.Spec.Name).ToHashSet(), DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        return new($"Scanned {files.Count} files: {report.Findings.Count} findings.", report.Refused, report.Capabilities);
    }
}
