using System.Collections.Frozen;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Roblox's script capabilities, by the numbers of Enum.SecurityCapability (create.roblox.com/docs/scripting/capabilities).</summary>
public enum ScriptCapability
{
    RunClientScript = 0,
    RunServerScript = 1,
    AccessOutsideWrite = 2,
    AssetRequire = 3,
    LoadString = 4,
    ScriptGlobals = 5,
    CreateInstances = 6,
    Basic = 7,
    Audio = 8,
    DataStore = 9,
    Network = 10,
    Physics = 11,
    UI = 12,
    CSG = 13,
    Chat = 14,
    Animation = 15,
    Avatar = 16,
    Input = 17,
    Environment = 18,
    RemoteEvent = 19,
    LegacySound = 20,
    Players = 21,
    CapabilityControl = 22,
}

/// <summary>A capability that a newer version of a script needs and the older did not.</summary>
/// <param name="Capability">The capability.</param>
/// <param name="Span">Where in the newer version it is first needed.</param>
public sealed record WidenedCapability(ScriptCapability Capability, LuauSpan Span);

/// <summary>Collects the capabilities that a script needs, and where each is first needed.</summary>
public sealed class CapabilityDetector : Detector
{
    private static readonly FrozenDictionary<string, ScriptCapability> ByService = new Dictionary<string, ScriptCapability>
    {
        ["HttpService"] = ScriptCapability.Network,
        ["MessagingService"] = ScriptCapability.Network,
        ["TeleportService"] = ScriptCapability.Network,
        ["DataStoreService"] = ScriptCapability.DataStore,
        ["DataStore"] = ScriptCapability.DataStore,
        ["MemoryStoreService"] = ScriptCapability.DataStore,
        ["InsertService"] = ScriptCapability.AssetRequire,
        ["SoundService"] = ScriptCapability.Audio,
        ["PhysicsService"] = ScriptCapability.Physics,
        ["StarterGui"] = ScriptCapability.UI,
        ["GuiService"] = ScriptCapability.UI,
        ["CoreGui"] = ScriptCapability.UI,
        ["Chat"] = ScriptCapability.Chat,
        ["TextChatService"] = ScriptCapability.Chat,
        ["UserInputService"] = ScriptCapability.Input,
        ["ContextActionService"] = ScriptCapability.Input,
        ["Lighting"] = ScriptCapability.Environment,
        ["Players"] = ScriptCapability.Players,
        ["Player"] = ScriptCapability.Players,
        ["AvatarEditorService"] = ScriptCapability.Avatar,
        ["getfenv"] = ScriptCapability.ScriptGlobals,
        ["setfenv"] = ScriptCapability.ScriptGlobals,
        ["_G"] = ScriptCapability.ScriptGlobals,
        ["shared"] = ScriptCapability.ScriptGlobals,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, ScriptCapability>.AlternateLookup<ReadOnlySpan<char>> ByPrefix = ByService.GetAlternateLookup<ReadOnlySpan<char>>();

    // The letters that they begin with: most globals, and what is not known, begin with others.
    private static readonly bool[] Beginnings = BeginningsOf(ByService.Keys);

    private static readonly FrozenDictionary<string, ScriptCapability> ByMethod = new Dictionary<string, ScriptCapability>
    {
        ["FireServer"] = ScriptCapability.RemoteEvent,
        ["FireClient"] = ScriptCapability.RemoteEvent,
        ["FireAllClients"] = ScriptCapability.RemoteEvent,
        ["InvokeServer"] = ScriptCapability.RemoteEvent,
        ["InvokeClient"] = ScriptCapability.RemoteEvent,
        ["LoadAnimation"] = ScriptCapability.Animation,
        ["UnionAsync"] = ScriptCapability.CSG,
        ["SubtractAsync"] = ScriptCapability.CSG,
        ["IntersectAsync"] = ScriptCapability.CSG,
        ["ApplyImpulse"] = ScriptCapability.Physics,
        ["ApplyDescription"] = ScriptCapability.Avatar,
    }.ToFrozenDictionary();

    private readonly SyntaxNode?[] first = new SyntaxNode?[(int)ScriptCapability.CapabilityControl + 1];

    /// <summary>The capabilities that are needed, in their order. Every script needs the basic one.</summary>
    public IReadOnlyList<ScriptCapability> Needed
    {
        get
        {
            var needed = new List<ScriptCapability>();
            for (var i = 0; i < first.Length; i++)
            {
                if (first[i] is not null || i == (int)ScriptCapability.Basic)
                {
                    needed.Add((ScriptCapability)i);
                }
            }

            return needed;
        }
    }

    /// <summary>Where a capability is first needed.</summary>
    public SyntaxNode? FirstNeed(ScriptCapability capability) => first[(int)capability];

    /// <summary>What a newer version needs beyond an older one.</summary>
    public static IReadOnlyList<WidenedCapability> Widened(LuauSource older, LuauSource newer)
    {
        var before = Of(SyntaxTree.Parse(older));
        var tree = SyntaxTree.Parse(newer);
        var after = Of(tree);
        return [.. after.Needed.Except(before.Needed).Select(capability => new WidenedCapability(capability, after.FirstNeed(capability) is { } node ? tree.SpanOf(node) : default))];
    }

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads | Events.Writes;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        switch (call.Path)
        {
            case "loadstring":
                Need(ScriptCapability.LoadString, call.Node);
                break;
            case "require" when call.Argument(0) is ConstantValue { Content: double or string }:
                Need(ScriptCapability.AssetRequire, call.Node);
                break;
            case "Instance.new":
                Need(ScriptCapability.CreateInstances, call.Node);
                break;
        }

        if (ByMethod.TryGetValue(call.Name, out var capability))
        {
            Need(capability, call.Node);
        }

        ByPath(call.Receiver?.Path, call.Node);
    }

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        ByPath(value.Path, node);
        if (value.Name is "OnServerEvent" or "OnClientEvent" or "OnServerInvoke")
        {
            Need(ScriptCapability.RemoteEvent, node);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        var (target, node) = (write.Target, write.Node);
        ByPath(target.Path, node);
        if (write.Member is "Capabilities" or "Sandboxed")
        {
            Need(ScriptCapability.CapabilityControl, node);
        }

        if (!target.Path.StartsWith("script", StringComparison.Ordinal) && !target.Path.StartsWith("new ", StringComparison.Ordinal))
        {
            Need(ScriptCapability.AccessOutsideWrite, node);
        }
    }

    private static bool[] BeginningsOf(IEnumerable<string> names)
    {
        var beginnings = new bool[128];
        foreach (var name in names)
        {
            beginnings[name[0]] = true;
        }

        return beginnings;
    }

    private static CapabilityDetector Of(SyntaxTree tree)
    {
        var detector = new CapabilityDetector();
        Interpreter.Run(tree, [detector]);
        return detector;
    }

    private void ByPath(string? path, SyntaxNode node)
    {
        if (path is not [var letter, ..] || letter >= Beginnings.Length || !Beginnings[letter])
        {
            return;
        }

        var end = path.AsSpan().IndexOfAny('.', ':', '(');
        if (ByPrefix.TryGetValue(end < 0 ? path : path.AsSpan(0, end), out var capability))
        {
            Need(capability, node);
        }
    }

    private void Need(ScriptCapability capability, SyntaxNode node) => first[(int)capability] ??= node;
}
