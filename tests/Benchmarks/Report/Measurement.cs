namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>A figure, and beside it the one of a peer that was measured in the same run.</summary>
/// <param name="Area">What it belongs to: durable, http, …</param>
/// <param name="What">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Value">Ours.</param>
/// <param name="Peer">Beside what; null when it stands alone.</param>
/// <param name="PeerValue">The peer's figure.</param>
/// <param name="Aim">What the ratio (or, without a peer, the value) should be, in words.</param>
public sealed record Measurement(
    string Area, string What, string Unit, double Value, string? Peer = null, double? PeerValue = null, string? Aim = null)
{
    /// <summary>Ours by the peer's.</summary>
    public double? Ratio => PeerValue is > 0 ? Value / PeerValue : null;
}

/// <summary>A cost per unit at growing amounts of data: flat is good.</summary>
/// <param name="What">What was measured: its area, a colon, and what it is.</param>
/// <param name="Unit">The cost's unit.</param>
/// <param name="Of">What there was more and more of.</param>
/// <param name="Points">How much there was, and the cost then.</param>
public sealed record Growth(string What, string Unit, string Of, IReadOnlyList<GrowthPoint> Points)
{
    /// <summary>What it belongs to: durable, http, …</summary>
    public string Area => What[..What.IndexOf(':', StringComparison.Ordinal)];
}

/// <summary>A point of a <see cref="Growth"/>.</summary>
public sealed record GrowthPoint(int Amount, double Cost);

/// <summary>What a run measured.</summary>
public sealed class Results
{
    private readonly List<Measurement> measurements = [];
    private readonly List<Growth> growths = [];

    /// <summary>The figures, in the order of their measuring.</summary>
    public IReadOnlyList<Measurement> Measurements => measurements;

    /// <summary>The costs at growing amounts.</summary>
    public IReadOnlyList<Growth> Growths => growths;

    /// <summary>Notes a figure, and says it.</summary>
    public void Add(Measurement measured)
    {
        measurements.Add(measured);
        var peer = measured.Peer is null ? "" : $"   {measured.Peer}: {measured.PeerValue:G4}, ratio {measured.Ratio:F2}";
        Console.WriteLine($"{measured.Area,-9} {measured.What,-58} {measured.Value,10:G4} {measured.Unit,-14}{peer}");
    }

    /// <summary>Notes a growth, and says it.</summary>
    public void Grew(Growth growth)
    {
        growths.Add(growth);
        Console.WriteLine($"growth    {growth.What}: {string.Join(", ", growth.Points.Select(point => $"{point.Cost:G3} {growth.Unit} at {point.Amount}"))}");
    }
}
