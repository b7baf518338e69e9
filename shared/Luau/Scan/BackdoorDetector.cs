using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Doors left open on purpose: hidden remotes, scripts that spread, environments.</summary>
public sealed class BackdoorDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // Where a game keeps its own remotes; elsewhere nobody looks.
    private static readonly string[] UsualHomes = ["ReplicatedStorage", "script", "new Folder", "ReplicatedFirst"];
    private static readonly string[] Scripts = ["new Script", "new LocalScript", "new ModuleScript"];

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        switch (call.Path)
        {
            case "getfenv" or "setfenv":
                Report(Rules.Environment, call.Node, $"{call.Path} is called.");
                break;
            case "Instance.new" when Operators.TextOf(call.Argument(0)) is "RemoteEvent" or "RemoteFunction" or "UnreliableRemoteEvent" && call.Argument(1) is EngineValue parent:
                CheckHome(parent, call.Node);
                break;
        }

        if (call.Name == "Clone" && call.Receiver?.Path == "script")
        {
            Report(Rules.SelfReplication, call.Node, "The script clones itself.");
        }
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        if (value.Path is "getfenv" or "setfenv")
        {
            Report(Rules.Environment, node, $"{value.Path} is used.");
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineValue target, string member, Value value, SyntaxNode node)
    {
        var isRemote = target.Path is "new RemoteEvent" or "new RemoteFunction" or "new UnreliableRemoteEvent";
        if (isRemote && member == "Parent" && value is EngineValue parent)
        {
            CheckHome(parent, node);
        }

        if (isRemote && member == "Name" && Operators.TextOf(value) is { } name && string.IsNullOrWhiteSpace(name.Trim('\u00A0', '\0')))
        {
            Report(Rules.HiddenRemote, node, "A remote gets a name that can't be seen.");
        }

        if (member == "Source" && (target.Path.EndsWith(".*", StringComparison.Ordinal) || Scripts.Contains(target.Path) || target.Path.StartsWith("script", StringComparison.Ordinal)))
        {
            Report(Rules.SelfReplication, node, "The source of a script is written.");
        }

        if (member == "Parent" && target.Path == "script" && value is EngineValue home && home.Path.EndsWith(".*", StringComparison.Ordinal))
        {
            Report(Rules.SelfReplication, node, "The script moves itself into other objects.");
        }
    }

    private void CheckHome(EngineValue parent, SyntaxNode node)
    {
        if (!UsualHomes.Any(home => parent.Path == home || parent.Path.StartsWith(home + ".", StringComparison.Ordinal)))
        {
            Report(Rules.HiddenRemote, node, $"A remote is put into {parent.Path} while the game runs.");
        }
    }
}
