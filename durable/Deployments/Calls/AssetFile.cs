using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Roblox.Files;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>What Roblox is told of an asset's file.</summary>
internal static class AssetFile
{
    public static NewAsset Of(ReleaseAsset asset, RobloxOwner owner, byte[] content) => new(
        asset.Spec.Type, asset.Spec.DisplayName, asset.Spec.Description, owner, asset.Spec.Price, ContentType(asset.Spec.File, content));

    /// <summary>By the file's own bytes; where they don't say, by its name.</summary>
    private static string ContentType(string file, byte[] content) => MediaFile.Recognize(content)?.ContentType ?? Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".fbx" => "model/fbx",
        ".gltf" => "model/gltf+json",
        ".glb" => "model/gltf-binary",
        ".mp4" => "video/mp4",
        ".mov" => "video/mov",
        ".mesh" => "model/x-file-mesh-data",
        _ => "model/x-rbxm",
    };
}
