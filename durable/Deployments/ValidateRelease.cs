using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Looks whether all content of a release is there, and small enough for the steps that read it.</summary>
public sealed class ValidateRelease(IContentStore content)
{
    /// <summary>Looks; changes nothing.</summary>
    [Function(nameof(ValidateRelease))]
    public async Task<PreparedRelease> Run([ActivityTrigger] PrepareReleaseInput input, CancellationToken ct)
    {
        var (release, tenant) = (input.Start.Release!, input.Start.Tenant);
        var named = release.Places.Select(place => (place.Name, "Place", place.Sha256)).Concat(release.Assets.Select(asset => (asset.Spec.Name, asset.Spec.Type, asset.Sha256)))
            .Append(("the test", "Script", release.SmokeSha256 ?? release.ManifestSha256));
        var files = new List<ReleaseFile>();
        foreach (var (name, type, sha256) in named)
        {
            if (await content.Size(tenant, sha256, ct) is not { } bytes)
            {
                return new("", $"The content of {name} ({sha256}) is not there; upload it and retry.");
            }

            files.Add(new(name, type, sha256, bytes));
        }

        return ReleaseLimits.Refusal(files) is { } tooLarge ? new("", tooLarge) : new($"All {files.Count} files are there.");
    }
}
