using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>How Roblox is reached. Section <c>Roblox</c>.</summary>
public sealed class RobloxOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Roblox";

    /// <summary>Base address; empty is Roblox's own.</summary>
    public string ApiBase { get; init; } = "";

    /// <summary>
    /// How long one call may take before its end counts as unclear; 10 to 600 seconds of machine time, 100 by default. A place of some
    /// hundred megabytes takes its time.
    /// </summary>
    [Range(10, 600)]
    public int CallSeconds { get; init; } = 100;
}
