using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>A request that can't even be read: the readers of bodies and parameters throw it, the pipeline answers its refusal.</summary>
public sealed class RequestRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    /// <summary>What the caller is told.</summary>
    public Refusal Refusal { get; } = refusal;
}
