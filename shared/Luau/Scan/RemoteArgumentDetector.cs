using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Values that a client sent and nothing checked, where they do something on the server.</summary>
public sealed class RemoteArgumentDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // The methods whose arguments decide what happens to the game, its data or its players.
    private static readonly HashSet<string> Sinks = new(StringComparer.Ordinal)
    {
        "SetAsync", "UpdateAsync", "IncrementAsync", "RemoveAsync", "TakeDamage", "Destroy", "Kick", "BanAsync", "TeleportAsync", "Teleport",
        "LoadAsset", "PostAsync", "GetAsync", "RequestAsync", "MoveTo", "PivotTo", "SetPrimaryPartCFrame", "SetAttribute", "Clone", "FireAllClients",
        "PromptPurchase", "PromptProductPurchase", "AddTag", "LoadCharacter", "EquipTool", "BreakJoints", "ApplyDescription", "SetNetworkOwner", "ClearAllChildren",
    };

    private static readonly HashSet<string> Properties = new(StringComparer.Ordinal)
    {
        "Parent", "Value", "Health", "MaxHealth", "WalkSpeed", "JumpPower", "JumpHeight", "CFrame", "Position", "Size", "Source", "Team", "Anchored", "Transparency", "CanCollide", "Name",
    };

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        var isSink = call.Path is "loadstring" or "require" or "Instance.new" || Sinks.Contains(call.Name);
        if (!isSink)
        {
            return;
        }

        var tainted = call.Arguments.FirstOrDefault(IsFromClient) ?? (call.Receiver is { } receiver && IsFromClient(receiver) ? receiver : null);
        if (tainted is not null)
        {
            Report(Rules.UnvalidatedArgument, call.Node, $"{call.Path} is given what a client sent, unchecked.", tainted);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineValue target, string member, Value value, SyntaxNode node)
    {
        if (Properties.Contains(member) && (IsFromClient(value) || IsFromClient(target)))
        {
            Report(Rules.UnvalidatedArgument, node, $"{member} is set from what a client sent, unchecked.", IsFromClient(value) ? value : target);
        }
    }

    private static bool IsFromClient(Value value) =>
        (value.Taint & Taint.Client) != Taint.None
        || (value is TableValue table && (table.Entries.Values.Any(entry => (entry.Taint & Taint.Client) != Taint.None) || (table.Rest?.Taint & Taint.Client) is not (null or Taint.None)));
}
