using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Functions.Http;

/// <summary>How much a caller may send, and how often. Settings <c>RequestLimits__…</c>.</summary>
public sealed class RequestLimits
{
    /// <summary>The most bytes of a JSON body; 1 KiB to 1 MiB, 64 KiB by default.</summary>
    [Range(1024, 1024 * 1024)]
    public int JsonBodyBytes { get; set; } = 64 * 1024;

    /// <summary>The most characters of any text in a request; 100 to 100,000, 4,000 by default.</summary>
    [Range(100, 100_000)]
    public int TextLength { get; set; } = 4000;

    /// <summary>Calls that an API key may make at once after a quiet time, on one instance; 1 to 100,000, 500 by default.</summary>
    [Range(1, 100_000)]
    public int Burst { get; set; } = 500;

    /// <summary>Calls that an API key may make per second in the long run, on one instance; 1 to 100,000, 100 by default.</summary>
    [Range(1, 100_000)]
    public int PerSecond { get; set; } = 100;
}
