using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Puts the assets' ids into the places, and stores the bytes that are to be published.</summary>
public sealed class RenderPlaces(IContentStore content)
{
    /// <summary>Renders and stores; the same ids give the same bytes.</summary>
    [Function(nameof(RenderPlaces))]
    public async Task<PreparedRelease> Run([ActivityTrigger] PrepareReleaseInput input, CancellationToken ct)
    {
        var (release, tenant) = (input.Start.Release!, input.Start.Tenant);
        var ids = release.Assets.ToDictionary(asset => asset.Spec.Name, asset => input.State.Assets.GetValueOrDefault(asset.Spec.Name)?.AssetId ?? asset.AssetId!.Value);
        var rendered = new Dictionary<string, string>();
        foreach (var place in release.Places)
        {
            rendered[place.Name] = await content.Put(tenant, PlaceRendering.Render(await content.Read(tenant, place.Sha256, ct), ids), ct);
        }

        return new($"{rendered.Count} places hold their assets' ids.", Rendered: rendered);
    }
}
