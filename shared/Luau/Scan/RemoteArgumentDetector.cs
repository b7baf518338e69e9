using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Values that a client sent and nothing checked, where they do something on the server.</summary>
public sealed class RemoteArgumentDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // The methods whose arguments decide what happens to the game, its data or its players.
    private static readonly HashSet<string> Sinks = new(StringComparer.Ordinal)
    {
        "SetAsync", "UpdateAsync", "IncrementAsync", "RemoveAsync", "TakeDamage", "Destroy", "Remove", "Kick", "BanAsync", "TeleportAsync", "Teleport", "TeleportToPrivateServer", "TeleportToPlaceInstance",
        "LoadAsset", "LoadAssetVersion", "PostAsync", "GetAsync", "RequestAsync", "MoveTo", "PivotTo", "SetPrimaryPartCFrame", "TranslateBy", "SetAttribute", "Clone", "FireAllClients",
        "PromptPurchase", "PromptProductPurchase", "AddTag", "RemoveTag", "LoadCharacter", "LoadCharacterWithHumanoidDescription", "EquipTool", "UnequipTools", "BreakJoints", "ApplyDescription", "SetNetworkOwner",
        "ClearAllChildren", "ScaleTo", "ApplyImpulse", "AwardBadge", "PublishAsync", "ChangeState", "PlayAnimation", "LoadAnimation", "Create", "Fire", "Invoke", "SetStateEnabled", "SetMinutesAfterMidnight", "AddItem",
    };

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Writes | Events.Flow;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (!Array.Exists(call.Arguments, IsFromClient) && !(call.Receiver is { } subject && IsFromClient(subject)))
        {
            return;
        }

        var isSink = call.Path is "loadstring" or "require" or "Instance.new" or "string.rep" or "table.create" || call.Path.EndsWith(".?", StringComparison.Ordinal) || (Sinks.Contains(call.Name) && call.Path != "CFrame.new");
        if (call.Name is "FireClient" or "InvokeClient")
        {
            // To tell a client what it sent is harmless, also one that was looked up; to let it say who is told is not.
            Check(call, call.Argument(0) is EngineValue { Path: "Player" } ? [] : [call.Argument(0)]);
        }
        else if (isSink)
        {
            Check(call, call.Receiver is { } receiver ? [.. call.Arguments, receiver] : call.Arguments);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        Value? tainted = IsFromClient(write.Value) ? write.Value : IsFromClient(write.Target) ? write.Target : null;
        if (tainted is not null)
        {
            Report(Rules.UnvalidatedArgument, write.Node, $"{write.Member} is set from what a client sent, unchecked.", tainted);
        }
    }

    /// <inheritdoc/>
    public override void Bounded(Value bound, SyntaxNode node)
    {
        if (IsFromClient(bound))
        {
            Report(Rules.UnvalidatedArgument, Tree.SpanOf(node), "A client decides how often this loop runs.", bound.Trace);
        }
    }

    private void Check(EngineCall call, IEnumerable<Value> values)
    {
        if (values.FirstOrDefault(IsFromClient) is { } tainted)
        {
            Report(Rules.UnvalidatedArgument, call.Node, $"{call.Path} is given what a client sent, unchecked.", tainted);
        }
    }

    private static bool IsFromClient(Value value) =>
        ((value is TableValue or ChoiceValue ? Operators.TaintOf(value).Taint : value.Taint) & Taint.Client) != Taint.None;
}
