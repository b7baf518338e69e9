using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Data about players, and what they write: where it goes.</summary>
public sealed class PrivacyDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private bool isClient;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads | Events.Writes;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Receiver?.Path == "HttpService" && call.Name is "GetAsync" or "PostAsync" or "RequestAsync")
        {
            // What a client sent may be an address, but what is posted is content.
            var content = call.Name == "PostAsync" ? call.Arguments.Skip(1) : call.Arguments.OfType<TableValue>().Select(table => table.Get("Body") ?? ConstantValue.Nil);
            var leaving = call.Arguments.SelectMany(Operators.Parts).FirstOrDefault(value => (value.Taint & (Taint.PlayerData | Taint.PlayerText)) != Taint.None)
                ?? content.SelectMany(Operators.Parts).FirstOrDefault(value => (value.Taint & Taint.ClientText) != Taint.None);
            if (leaving is not null)
            {
                Report(Rules.PlayerDataLeaves, call.Node, $"{call.Path} carries {What(leaving)}.", leaving);
            }
        }

        if (call is { Name: "Kick", Receiver: not null } && IsUnfilteredText(call.Argument(0)))
        {
            Report(Rules.UnfilteredText, call.Node, "What a player wrote is shown to the one who is sent away.", call.Argument(0));
        }

        if (call.Receiver is not null && Array.Exists(call.Arguments, MayBeText) && ShowsToOthers(call) && call.Arguments.Skip(call.Name == "SetAttribute" ? 1 : 0).SelectMany(Operators.Parts).FirstOrDefault(IsUnfilteredText) is { } text)
        {
            Report(Rules.UnfilteredText, call.Node, "What a player wrote goes to other players unfiltered.", text);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        // A player's own screen shows what that player types; anything else is for others.
        if (!MayBeText(write.Value) && !IsClientWord(write.Value))
        {
            return;
        }

        if ((isClient && write.Target.Path.Contains("PlayerGui", StringComparison.Ordinal)) || !(ShownTexts.IsShown(write.Member) || write.Member is "Value" or "Name"))
        {
            return;
        }

        var text = Operators.Parts(write.Value).FirstOrDefault(value => IsUnfilteredText(value) || (write.Member == "Text" && IsClientWord(value)));
        if (text is not null)
        {
            Report(Rules.UnfilteredText, write.Node, "What a player wrote is shown unfiltered.", text);
        }
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden) => isClient |= node is MemberExpression { Name: "LocalPlayer" };

    private static bool ShowsToOthers(EngineCall call) => call.Receiver is not null
        && (call.Name is "FireAllClients" or "FireClient" or "Chat" or "DisplaySystemMessage" or "DisplayBubble" or "SendAsync" or "SetAttribute" or "PublishAsync" or "SendMessage" or "BroadcastSystemMessage" or "SetCore" || call.Name.Contains("Broadcast", StringComparison.Ordinal) && !call.Name.StartsWith("Get", StringComparison.Ordinal) && !call.Name.StartsWith("Filter", StringComparison.Ordinal));

    private static bool MayBeText(Value value) => value is TableValue or ChoiceValue || IsUnfilteredText(value);

    private static bool IsUnfilteredText(Value value) => (value.Taint & (Taint.PlayerText | Taint.ClientText)) != Taint.None && (value.Taint & Taint.Filtered) == Taint.None;

    private static bool IsClientWord(Value value) => (value.Taint & (Taint.Client | Taint.Number | Taint.Filtered)) == Taint.Client;

    private static string What(Value value) => (value.Taint & Taint.PlayerData) != Taint.None ? "data about a player" : "what a player wrote";
}
