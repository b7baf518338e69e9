using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Scripts;

/// <summary>The upload is a damaged, unsupported or hostile place or model.</summary>
public sealed record InvalidFile(string Why) : InvalidRefusal("invalid_file", Why);
