namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>The properties that are kept of a file. All others are passed over: a file of some kilobytes can give a million objects thousands of them.</summary>
internal static class KeptProperties
{
    public static bool Has(string name) => name is "Name" or "Source" or "Disabled" or "RunContext" or "Sandboxed" or "Capabilities";
}
