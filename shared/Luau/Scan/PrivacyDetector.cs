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

        if (ShowsToOthers(call) && call.Arguments.SelectMany(Parts).FirstOrDefault(IsUnfilteredText) is { } text)
        {
            Report(Rules.UnfilteredText, call.Node, "What a player wrote goes to other players unfiltered.", text);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        // A player's own screen shows what that player types; anything else is for others.
        var isShown = ShownTexts.IsShown(write.Member) && !write.Target.Path.Contains("PlayerGui", StringComparison.Ordinal);
        var isText = IsUnfilteredText(write.Value) || (write.Member == "Text" && (write.Value.Taint & (Taint.Client | Taint.Number)) == Taint.Client);
        if ((isShown && isText) || (write.Member is "Value" or "Name" && IsUnfilteredText(write.Value)))
        {
            Report(Rules.UnfilteredText, write.Node, "What a player wrote is shown unfiltered.", write.Value);
        }
    }

    private static bool ShowsToOthers(EngineCall call) => call.Receiver is not null
        && (call.Name is "FireAllClients" or "FireClient" or "Chat" or "DisplaySystemMessage" or "DisplayBubble" or "SendAsync" or "SetAttribute" or "PublishAsync" or "SendMessage" or "BroadcastSystemMessage" or "SetCore" || call.Name.Contains("Broadcast", StringComparison.Ordinal) && !call.Name.StartsWith("Get", StringComparison.Ordinal));

    private static IEnumerable<Value> Parts(Value value) => Operators.Parts(value);

    private static bool IsUnfilteredText(Value value) => (value.Taint & (Taint.PlayerText | Taint.ClientText)) != Taint.None && (value.Taint & Taint.Filtered) == Taint.None;

    private static string What(Value value) => (value.Taint & Taint.PlayerData) != Taint.None ? "data about a player" : "what a player wrote";
}
