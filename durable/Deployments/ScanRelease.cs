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
        var files = new List<(string, string, byte[])>();
        foreach (var place in release.Places)
        {
            files.Add((place.Name, "Place", await content.Read(tenant, place.Sha256, ct)));
        }

        foreach (var asset in release.Assets.Where(asset => asset.Action != AssetAction.Keep))
        {
            files.Add((asset.Spec.Name, asset.Spec.Type, await content.Read(tenant, asset.Sha256, ct)));
        }

        var report = ReleaseScan.Run(files, release.Assets.Select(asset => asset.Spec.Name).ToHashSet(), DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        return new($"Scanned {files.Count} files: {report.Findings.Count} findings.", report.Refused, report.Capabilities);
    }
}
