using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Data about players, and what they write: where it goes.</summary>
public sealed class PrivacyDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Receiver?.Path == "HttpService" && call.Name is "GetAsync" or "PostAsync" or "RequestAsync")
        {
            var leaving = call.Arguments.SelectMany(Parts).FirstOrDefault(value => (value.Taint & (Taint.PlayerData | Taint.PlayerText)) != Taint.None);
            if (leaving is not null)
            {
                Report(Rules.PlayerDataLeaves, call.Node, $"{call.Path} carries {What(leaving)}.", leaving);
            }
        }

        if (call.Name is "FireAllClients" or "FireClient" && call.Arguments.SelectMany(Parts).FirstOrDefault(IsUnfilteredText) is { } text)
        {
            Report(Rules.UnfilteredText, call.Node, "What a player wrote goes to other players unfiltered.", text);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineValue target, string member, Value value, SyntaxNode node)
    {
        // A player's own screen shows what that player types; anything else is for others.
        if (member == "Text" && IsUnfilteredText(value) && !target.Path.Contains("PlayerGui", StringComparison.Ordinal))
        {
            Report(Rules.UnfilteredText, node, "What a player wrote is shown unfiltered.", value);
        }
    }

    private static IEnumerable<Value> Parts(Value value) => value is TableValue table
        ? table.Entries.Values.SelectMany(entry => entry is TableValue ? [] : Join.Options(entry)).Append(table.Rest ?? UnknownValue.Plain)
        : Join.Options(value);

    private static bool IsUnfilteredText(Value value) => (value.Taint & Taint.PlayerText) != Taint.None && (value.Taint & Taint.Filtered) == Taint.None;

    private static string What(Value value) => (value.Taint & Taint.PlayerData) != Taint.None ? "data about a player" : "what a player wrote";
}
