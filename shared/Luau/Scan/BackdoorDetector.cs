using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Doors left open on purpose: scripts that spread, environments.</summary>
public sealed class BackdoorDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private static readonly string[] Scripts = ["new Script", "new LocalScript", "new ModuleScript"];

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads | Events.Writes;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (IsEnvironment(call.Path))
        {
            Report(Rules.Environment, call.Node, $"{call.Path} is called.");
        }

        if (call is { Name: "Clone", Receiver.Path: "script" } || (call.Path == "Instance.fromExisting" && call.Argument(0) is EngineValue { Path: "script" }))
        {
            Report(Rules.SelfReplication, call.Node, "The script clones itself.");
        }

        if (call.Name is "UpdateSourceAsync" or "EditTextAsync" && call.Receiver is not null)
        {
            Report(Rules.SelfReplication, call.Node, "The source of a script is written.");
        }
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        if (IsEnvironment(value.Path))
        {
            Report(Rules.Environment, node, $"{value.Path} is used.");
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        var target = write.Target.Path;
        if (write.Member == "Source" && !target.StartsWith("module", StringComparison.Ordinal))
        {
            Report(Rules.SelfReplication, write.Node, "The source of a script is written.");
        }

        if (write.Member == "Parent" && target == "script" && write.Value is EngineValue home && !home.Path.StartsWith("script", StringComparison.Ordinal))
        {
            Report(Rules.SelfReplication, write.Node, "The script moves itself into other objects.");
        }

        // A script of its own that is put into everything there is.
        if (write is { Member: "Parent", Value: EngineValue everything } && everything.Path.EndsWith(".*", StringComparison.Ordinal) && (Scripts.Contains(target) || (target.StartsWith("script.", StringComparison.Ordinal) && target.Contains("Script", StringComparison.Ordinal))))
        {
            Report(Rules.SelfReplication, write.Node, "A script is put into other objects.");
        }
    }

    private static bool IsEnvironment(string path) => path is "getfenv" or "setfenv" or "getgenv" or "getrenv" or "getsenv";
}
