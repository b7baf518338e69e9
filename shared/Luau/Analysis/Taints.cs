namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Groups of what is known of values.</summary>
internal static class Taints
{
    /// <summary>What says that a client chose the value.</summary>
    public const Taint OfClients = Taint.Client | Taint.HalfChecked | Taint.ClientText;

    /// <summary>What came from outside of the script.</summary>
    public const Taint FromOutside = OfClients | Taint.Network | Taint.PlayerText | Taint.PlayerData;

    /// <summary>What says who may pass.</summary>
    public const Taint Guards = Taint.Named | Taint.NotNamed | Taint.Phrase;
}

/// <summary>Players written into scripts.</summary>
public static class People
{
    // Smaller numbers are counters, not user ids; shorter texts are not names.
    private const double SmallestId = 100;
    private const int ShortestName = 3;

    /// <summary>Whether a constant can stand for a player.</summary>
    public static bool IsNamed(object? content) => content switch
    {
        double id => id >= SmallestId,
        string { Length: >= ShortestName } => true,
        _ => false,
    };
}
