using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Scripts;

/// <summary>The upload is a damaged, unsupported or hostile place or model.</summary>
public sealed record InvalidFile(string Why) : InvalidRefusal("invalid_file", Why);

/// <summary>Neither a script nor a file, or both.</summary>
public sealed record NothingToScan() : InvalidRefusal("nothing_to_scan", "Send either \"source\" with a script, or \"file\" with a place or model in base 64 (or the file itself as application/octet-stream).");
