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
        ["UserId"] = Taint.PlayerData | Taint.Identity,
        ["userId"] = Taint.PlayerData | Taint.Identity,
        ["Name"] = Taint.PlayerData | Taint.Identity,
        ["DisplayName"] = Taint.PlayerData | Taint.Identity,
        ["CharacterAppearanceId"] = Taint.PlayerData | Taint.Identity,
        ["AccountAge"] = Taint.PlayerData,
        ["LocaleId"] = Taint.PlayerData,
        ["FollowUserId"] = Taint.PlayerData,
        ["MembershipType"] = Taint.PlayerData,
    }.ToFrozenDictionary();

    // What Players has besides the players.
    private static readonly FrozenSet<string> OfPlayers = new[]
    {
        "PlayerAdded", "PlayerRemoving", "PlayerChatted", "PlayerConnecting", "PlayerMembershipChanged", "MaxPlayers", "NumPlayers", "PreferredPlayers",
        "CharacterAutoLoads", "RespawnTime", "BubbleChat", "ClassicChat", "UseStrafingAnimations", "ChildAdded", "ChildRemoved", "DescendantAdded", "Name", "Parent", "ClassName",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Loaders = new[] { "loadstring", "require", "getfenv", "setfenv", "game", "workspace", "string", "table" }.ToFrozenSet();

    /// <summary>The path of a global: <c>workspace</c> is a service, the rest is itself.</summary>
    public static string OfGlobal(string name) => name switch
    {
        "workspace" or "Workspace" => "Workspace",
        "Game" => "game",
        "player" or "plr" => "Player",
        _ => name,
    };

    /// <summary>Whether a global leads to code or to the game.</summary>
    public static bool IsLoader(string name) => Loaders.Contains(name);

    /// <summary>Whether a name is a service's.</summary>
    public static bool IsService(string name) => (name.EndsWith("Service", StringComparison.Ordinal) && name is not ("GetService" or "FindService")) || Services.Contains(name);

    /// <summary>A member of an engine object.</summary>
    public static EngineValue Member(EngineValue engine, string name)
    {
        if (engine.Path == "game" && IsService(name))
        {
            return new(name);
        }

        if (engine.Path == "Players" && !OfPlayers.Contains(name) && !IsMethod(name))
        {
            return new("Player") { Taint = name == "LocalPlayer" || !People.IsNamed(name) ? Taint.None : Taint.Named };
        }

        var (taint, trace) = (engine.Taint & ~Taint.Identity, engine.Trace);
        if (engine.Path.Length + name.Length >= MaxPath)
        {
            return new(engine.Path) { Taint = taint, Trace = trace };
        }

        var path = string.Concat(engine.Path, ".", name);
        return name.AsSpan().ContainsAny('.', ':') ? new(path) { Taint = taint, Trace = trace } : new(path, name) { Taint = taint, Trace = trace };
    }

    /// <summary>What a member tells about a player, on an object that nothing is known of: only players have these.</summary>
    public static Taint OfUnknown(string member) =>
        member is "UserId" or "userId" or "DisplayName" or "AccountAge" or "FollowUserId" or "MembershipType" ? SourcesByMember[member] : Taint.None;

    /// <summary>Whether a member may be a source of private data or of free text.</summary>
    public static bool IsSource(string member) => SourcesByMember.ContainsKey(member) || member is "PlayerId" or "Text" or "Position" or "CFrame";

    /// <summary>A member that is a source of private data or of free text carries that from here on.</summary>
    internal static EngineValue WithSource(EngineValue member, EngineValue owner, Place place)
    {
        if (owner.Path is "Player" or "Player.Character" && SourcesByMember.TryGetValue(member.Name, out var taint))
        {
            return (EngineValue)member.With(taint, place.Step($"read from {member.Path}") with { Owner = owner });
        }

        if (member.Name is "Position" or "CFrame")
        {
            return owner.Path.StartsWith("Player.Character", StringComparison.Ordinal) ? (EngineValue)member.With(Taint.PlayerData, place.Step("where a player is")) : member;
        }

        return member.Path switch
        {
            "Receipt.PlayerId" or "ChatMessage.TextSource.UserId" or "ChatMessage.TextSource.Name" => (EngineValue)member.With(Taint.PlayerData | Taint.Identity, place.Step($"read from {member.Path}")),
            "ChatMessage.Text" => (EngineValue)member.With(Taint.PlayerText, place.Step("a player writes it")),
            _ when member.Name == "Text" && owner.Path.Contains("TextBox", StringComparison.OrdinalIgnoreCase) => (EngineValue)member.With(Taint.PlayerText, place.Step($"read from {member.Path}")),
            _ when member.Name is "UserId" or "AccountAge" or "FollowUserId" => (EngineValue)member.With(SourcesByMember[member.Name], place.Step($"read from {member.Path}") with { Owner = owner }),
            _ => member,
        };
    }

    /// <summary>What a call by value calls: <c>Service.Method(Service, …)</c> is <c>Service:Method(…)</c>.</summary>
    public static (string Path, EngineValue? Receiver, Value[] Arguments) Callee(EngineValue engine, Value[] arguments)
    {
        var dot = engine.Path.LastIndexOf('.');
        if (dot <= 0 || arguments is not [EngineValue receiver, ..])
        {
            return (engine.Path, null, arguments);
        }

        // A method taken from one object does the same to another: workspace.Clone(script).
        var owner = engine.Path.AsSpan(0, dot);
        var isMethod = receiver.Path.AsSpan().SequenceEqual(owner) || (IsMethod(engine.Path[(dot + 1)..]) && (owner.Contains('.') || char.IsAsciiLetterLower(owner[0]) || owner.StartsWith("new ") || IsService(owner.ToString())) && !IsLibrary(owner));
        return isMethod ? (Normalize(string.Concat(receiver.Path, ":", engine.Path.AsSpan(dot + 1))), receiver, arguments[1..]) : (engine.Path, null, arguments);
    }

    /// <summary>Whether a path is one of the language's libraries.</summary>
    public static bool IsLibrary(ReadOnlySpan<char> path) => path is "string" or "table" or "math" or "bit32" or "utf8" or "buffer" or "os" or "coroutine" or "debug" or "task" or "module";

    private static bool IsMethod(string name) =>
        name is "Clone" or "Destroy" or "LoadAsset" or "LoadAssetVersion" or "FireServer" || name.StartsWith("Get", StringComparison.Ordinal) || name.StartsWith("Find", StringComparison.Ordinal)
        || name.StartsWith("WaitFor", StringComparison.Ordinal) || name.EndsWith("Async", StringComparison.Ordinal);

    /// <summary>The name of a method that old scripts write in another way.</summary>
    public static string Current(string method) => char.IsAsciiLetterUpper(method is [var first, ..] ? first : 'A') ? method : method switch
    {
        "clone" => "Clone",
        "destroy" => "Destroy",
        "remove" => "Remove",
        "isA" => "IsA",
        "kick" => "Kick",
        "breakJoints" => "BreakJoints",
        "takeDamage" => "TakeDamage",
        "moveTo" => "MoveTo",
        "loadAsset" => "LoadAsset",
        "service" or "getService" => "GetService",
        "children" or "getChildren" => "GetChildren",
        "players" or "getPlayers" => "GetPlayers",
        "findFirstChild" => "FindFirstChild",
        "isDescendantOf" => "IsDescendantOf",
        "playerFromCharacter" or "getPlayerFromCharacter" => "GetPlayerFromCharacter",
        _ => method,
    };

    /// <summary>One spelling of a path that has several.</summary>
    public static string Normalize(string path) => path.Length == 0 || path[0] is not ('g' or 'I' or 'r' or 'h' or 's' or 'f' or 'H') ? path : path switch
    {
        "game:HttpGet" or "game:HttpGetAsync" => "HttpService:GetAsync",
        "game:HttpPost" or "game:HttpPostAsync" => "HttpService:PostAsync",
        "game:GetObjects" or "game:GetObjectsAsync" or "InsertService:LoadLocalAsset" => "InsertService:LoadAsset",
        "request" or "http_request" or "syn.request" or "http.request" or "fluxus.request" or "HttpService:CreateWebStreamClient" => "HttpService:RequestAsync",
        _ => path,
    };
}
