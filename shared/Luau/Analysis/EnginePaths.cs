using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The names of the engine's things, however a script reaches them.</summary>
public static class EnginePaths
{
    private const int MaxPath = 240;

    private static readonly FrozenSet<string> Services = new[]
    {
        "Workspace", "Players", "Lighting", "ReplicatedStorage", "ReplicatedFirst", "ServerScriptService", "ServerStorage", "StarterGui",
        "StarterPack", "StarterPlayer", "SoundService", "Chat", "Teams", "Debris", "CoreGui", "LogService", "Stats", "Selection",
        "ChangeHistoryService", "TestService", "VirtualUser", "VirtualInputManager",
    }.ToFrozenSet();

    private static readonly FrozenDictionary<string, Taint> SourcesByMember = new Dictionary<string, Taint>
    {
        ["UserId"] = Taint.PlayerData,
        ["DisplayName"] = Taint.PlayerData,
        ["AccountAge"] = Taint.PlayerData,
        ["LocaleId"] = Taint.PlayerData,
        ["FollowUserId"] = Taint.PlayerData,
    }.ToFrozenDictionary();

    /// <summary>The path of a global: <c>workspace</c> is a service, the rest is itself.</summary>
    public static string OfGlobal(string name) => name switch
    {
        "workspace" or "Workspace" => "Workspace",
        "Game" => "game",
        _ => name,
    };

    /// <summary>Whether a name is a service's.</summary>
    public static bool IsService(string name) => name.EndsWith("Service", StringComparison.Ordinal) || Services.Contains(name);

    /// <summary>A member of an engine object.</summary>
    public static EngineValue Member(EngineValue engine, string name)
    {
        if (engine.Path == "game" && IsService(name))
        {
            return new(name);
        }

        var path = engine.Path.Length + name.Length < MaxPath ? engine.Path + "." + name : engine.Path;
        if (engine.Path == "Players" && name == "LocalPlayer")
        {
            path = "Player";
        }
        else if (name == "Character" && engine.Path == "Player")
        {
            path = "Player.Character";
        }

        return new(path) { Taint = engine.Taint, Trace = engine.Trace };
    }

    /// <summary>A member that is a source of private data or of free text carries that from here on.</summary>
    public static EngineValue WithSource(EngineValue member, Func<TraceStep> step)
    {
        var isPlayer = member.Path.StartsWith("Player.", StringComparison.Ordinal);
        if (isPlayer && SourcesByMember.TryGetValue(member.Name, out var taint))
        {
            return (EngineValue)member.With(taint, step());
        }

        if (isPlayer && member.Path == "Player.Name")
        {
            return (EngineValue)member.With(Taint.PlayerData, step());
        }

        return member.Name == "Text" && member.Path.Contains("TextBox", StringComparison.OrdinalIgnoreCase)
            ? (EngineValue)member.With(Taint.PlayerText, step())
            : member;
    }

    /// <summary>What a call by value calls: <c>Service.Method(Service, …)</c> is <c>Service:Method(…)</c>.</summary>
    public static (string Path, EngineValue? Receiver, IReadOnlyList<Value> Arguments) Callee(EngineValue engine, IReadOnlyList<Value> arguments)
    {
        var dot = engine.Path.LastIndexOf('.');
        return dot > 0 && arguments is [EngineValue receiver, ..] && receiver.Path.AsSpan().SequenceEqual(engine.Path.AsSpan(0, dot))
            ? (string.Concat(receiver.Path, ":", engine.Path.AsSpan(dot + 1)), receiver, [.. arguments.Skip(1)])
            : (engine.Path, null, arguments);
    }

    /// <summary>One spelling of a path that has several.</summary>
    public static string Normalize(string path) => path switch
    {
        "game:HttpGet" or "game:HttpGetAsync" => "HttpService:GetAsync",
        "game:HttpPost" or "game:HttpPostAsync" => "HttpService:PostAsync",
        "game:GetObjects" => "InsertService:LoadAsset",
        _ => path,
    };
}
