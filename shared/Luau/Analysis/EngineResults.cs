using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What the engine's functions give and do, as far as the scan needs it.</summary>
internal static class EngineResults
{
    private static readonly FrozenSet<string> Language = new[]
    {
        "print", "warn", "tostring", "tonumber", "type", "typeof", "ipairs", "pairs", "next", "select", "unpack", "rawequal", "rawlen", "rawget", "rawset", "error", "assert",
        "newproxy", "getmetatable", "setmetatable", "loadstring", "tick", "time", "elapsedTime", "getfenv", "setfenv",
    }.ToFrozenSet();

    // The methods of texts, and where the library has them.
    private static readonly FrozenDictionary<string, string> OfTexts =
        new[] { "sub", "lower", "upper", "gsub", "match", "gmatch", "find", "rep", "reverse", "split", "byte", "len", "format" }.ToFrozenDictionary(name => name, name => "string." + name);

    private static readonly FrozenSet<string> OfPlayers = new[]
    {
        "GetCountryRegionForPlayerAsync", "GetJoinData", "GetNameFromUserIdAsync", "GetFriendsOnline", "GetFriendsAsync", "GetPolicyInfoForPlayerAsync", "GetUserThumbnailAsync",
        "GetCharacterAppearanceInfoAsync", "GetUserInfosByUserIdsAsync",
    }.ToFrozenSet();

    /// <summary>Whether a method is one of texts, so that an unknown value that has it is a text.</summary>
    public static bool IsOfText(string method) => OfTexts.ContainsKey(method);

    /// <summary>The path of a method that a text is asked for.</summary>
    public static string PathOfText(string method) => OfTexts.TryGetValue(method, out var path) ? path : "string." + method;

    /// <summary>Whether a call only tells something, or makes a value.</summary>
    public static bool OnlyTells(EngineCall call)
    {
        if (call.Receiver is null)
        {
            var dot = call.Path.IndexOf('.');
            return dot < 0 ? Language.Contains(call.Path) : char.IsAsciiLetterUpper(call.Path[0]) || (EnginePaths.IsLibrary(call.Path.AsSpan(0, dot)) && !call.Path.StartsWith("task.", StringComparison.Ordinal) && !call.Path.StartsWith("module", StringComparison.Ordinal) && call.Path != "coroutine.yield");
        }

        return (!Yields(call) || call.Receiver.Path == "?") && (call.Name.StartsWith("Get", StringComparison.Ordinal) || call.Name.StartsWith("FindFirst", StringComparison.Ordinal) || call.Name.StartsWith("Is", StringComparison.Ordinal) || call.Name.StartsWith("JSON", StringComparison.Ordinal));
    }

    /// <summary>Whether a call gives way to others, or may.</summary>
    public static bool Yields(EngineCall call) => call.Receiver is null
        ? !call.Path.Contains('.') || call.Path.StartsWith("module", StringComparison.Ordinal) || call.Path.StartsWith("task.", StringComparison.Ordinal)
        : call.Receiver.Path.StartsWith("module", StringComparison.Ordinal) || call.Receiver.Path == "?" || call.Name.EndsWith("Async", StringComparison.Ordinal) || call.Name is "WaitForChild" or "InvokeServer" or "InvokeClient" or "Invoke";

    /// <summary>Whether what a call tells changes by itself: chance.</summary>
    public static bool IsChance(EngineCall call) => call.Path == "math.random" || call.Name is "NextNumber" or "NextInteger";

    /// <summary>Whether a call asks a clock.</summary>
    public static bool IsClock(EngineCall call) =>
        call.Path is "os.clock" or "os.time" or "os.date" or "tick" or "time" or "elapsedTime" or "DateTime.now" || call.Name == "GetServerTimeNow";

    /// <summary>The result of a call.</summary>
    public static Value Of(EngineCall call, TableValue properties, Place place) => call.Receiver is { } receiver
        ? OfMethod(call, receiver, properties, place)
        : OfFunction(call);

    private static Value OfMethod(EngineCall call, EngineValue receiver, TableValue properties, Place place)
    {
        var text = Operators.TextOf(call.Argument(0));
        switch (call.Name)
        {
            case "GetService" or "FindService" or "FindFirstChildOfClass" or "FindFirstChildWhichIsA" or "FindFirstChild" or "WaitForChild" when receiver.Path == "game":
                return text is not null ? new EngineValue(EnginePaths.OfGlobal(text)) : UnknownValue.Plain;
            case "FindFirstChild" or "WaitForChild" or "FindFirstChildOfClass" or "FindFirstChildWhichIsA" or "FindFirstAncestor" or "FindFirstDescendant":
                return Child(call, receiver, text);
            case "GetChildren" or "GetDescendants" or "GetPlayers" or "GetTagged" or "QueryDescendants":
                return new EngineValue(receiver.Path == "Players" ? "Player" : receiver.Path + ".*");
            case "GetAttribute":
                return (text is null ? null : properties.Get(receiver.Path + "@" + text)) ?? UnknownValue.Plain.With(Taint.Number | (receiver.Taint & ~Taint.Identity), receiver.Trace);
            case "Clone":
                return new EngineValue(receiver.Path) { Taint = receiver.Taint, Trace = receiver.Trace };
            case "GetPropertyChangedSignal" or "GetAttributeChangedSignal":
                return new EngineValue(receiver.Path + ".Changed");
            case "GetAsync" or "PostAsync" or "RequestAsync" or "CreateWebStreamClient" when receiver.Path == "HttpService":
                return UnknownValue.Plain.With(Taint.Network, place.Step($"{call.Path} gives it"));
            case "JSONDecode" when text is not null && Json.Decode(text) is { } decoded:
                return decoded;
            case "GetPlayerFromCharacter" or "GetPlayerByUserId":
                return new EngineValue("Player") { Taint = (call.Argument(0).Taint & Taints.OfClients) | NamedBy(call.Argument(0)), Trace = call.Argument(0).Trace };
            case "GetDataStore" or "GetOrderedDataStore" or "GetGlobalDataStore" when receiver.Path == "DataStoreService":
                return new EngineValue("DataStore." + (text?.Replace('.', '_') ?? "?"));
            case "FilterStringAsync" or "FilterStringForBroadcast" or "GetNonChatStringForBroadcastAsync" or "GetChatForUserAsync" or "GetNonChatStringForUserAsync":
                return new EngineValue("Filtered text") { Taint = Taint.Filtered };
            case "InvokeClient":
                return UnknownValue.Plain.With(Taint.Client, place.Step("a client answers it"));
            case "GetAsync" or "UpdateAsync" when receiver.Path.StartsWith("DataStore.", StringComparison.Ordinal):
                return UnknownValue.Plain.With(Taint.Stored, place.Step($"{call.Name} gives it"));
            case "LoadAsset" or "LoadAssetVersion" when receiver.Path == "InsertService":
                return new EngineValue("asset");
            case "GetUserIdFromNameAsync" when text is not null:
                return new ConstantValue(text);
            // To be a friend of somebody is as good as to be that one.
            case "IsFriendsWith" or "IsFriendsWithAsync" when NamedBy(call.Argument(0)) != Taint.None:
                return UnknownValue.Plain.With(Taint.Named, place.Step("who is a friend of a player named in the script") with { Owner = receiver });
            case "NextNumber" or "NextInteger":
                return UnknownValue.Plain.With(Taint.Number | Taint.Moving, place.Step("chance gives it"));
            case var name when OfPlayers.Contains(name):
                return UnknownValue.Plain.With(Taint.PlayerData, place.Step($"{name} tells it"));
            default:
                return Other(call, receiver);
        }
    }

    // A child that a client names is the client's choice, except in a folder that was made for the choice.
    private static EngineValue Child(EngineCall call, EngineValue receiver, string? text)
    {
        var child = EnginePaths.Member(receiver, text ?? "?");
        var chosen = receiver.Path.Contains('.') ? Taint.None : call.Argument(0).Taint & Taints.OfClients;
        return (EngineValue)child.With(chosen | (child.Path == "Player" ? NamedBy(call.Argument(0)) : Taint.None), call.Argument(0).Trace);
    }

    // A player who is looked up by a name or id that stands in the script.
    private static Taint NamedBy(Value key) =>
        key is ConstantValue constant && People.IsNamed(constant.Content) && constant.Text != "LocalPlayer" ? Taint.Named : Taint.None;

    private static Value Other(EngineCall call, EngineValue receiver)
    {
        var (taint, trace) = Operators.TaintOf(call.Arguments);
        taint = ((taint & ~Taint.Client & ~Taint.HalfChecked) | receiver.Taint) & ~Taint.Identity;
        return receiver.Path == "?"
            ? UnknownValue.Plain.With(taint, trace ?? receiver.Trace)
            : new EngineValue(receiver.Path + "()") { Taint = taint, Trace = receiver.Trace ?? trace };
    }

    private static Value OfFunction(EngineCall call)
    {
        var (taint, trace) = Operators.TaintOf(call.Arguments);
        switch (call.Path)
        {
            case "Instance.new" or "Instance.fromExisting":
                return new EngineValue("new " + (Operators.TextOf(call.Argument(0)) ?? "?"));
            case "tostring" when call.Argument(0) is EngineValue { Path: "Player" } player:
                return UnknownValue.Plain.With(Taint.PlayerData | Taint.Identity, call.Argument(0).Trace is { } way ? way with { Owner = player } : null);
            case "tostring":
                return UnknownValue.Plain.With(taint & ~Taint.Number, trace);
            case "tonumber":
                return UnknownValue.Plain.With((taint & ~Taint.ClientText & ~Taint.PlayerText) | Taint.Number, trace);
            case "type" or "typeof":
                return UnknownValue.Plain;
            case var path when IsClock(call) || IsChance(call):
                return UnknownValue.Plain.With((taint & ~(Taint.ClientText | Taint.PlayerText)) | Taint.Number | Taint.Moving, trace);
            case "math.clamp":
                return UnknownValue.Plain.With((taint & ~Taints.OfClients) | Taint.Number, trace);
            case "string.find" or "string.match" or "table.find" when IsSearchForPlayer(call):
                return Join.Of(UnknownValue.Plain.With((taint & ~Taint.Identity) | Taint.Named, trace), ConstantValue.Nil);
            case "string.find" or "string.match" when (call.Argument(0).Taint & (Taint.PlayerText | Taint.Client)) != Taint.None && call.Argument(1) is ConstantValue { Text.Length: >= 4 }:
                return UnknownValue.Plain.With(taint | Taint.Phrase, trace);
            case "string.byte":
                return UnknownValue.Plain.With((taint & ~Taints.OfClients) | Taint.Number, trace);
            case "string.len" or "string.find" or "table.find":
                return UnknownValue.Plain.With((taint & ~Taints.OfClients & ~Taint.Identity) | Taint.Number, trace);
            case var path when path.StartsWith("math.", StringComparison.Ordinal) || path.StartsWith("bit32.", StringComparison.Ordinal):
                return UnknownValue.Plain.With((taint & ~Taint.ClientText & ~Taint.PlayerText & ~Taint.Assembled) | Taint.Number, trace);
            // What is made of a text, a colour say, is no text.
            case [>= 'A' and <= 'Z', ..] when call.Path.Contains('.'):
                return UnknownValue.Plain.With(taint & ~(Taint.Assembled | Taint.ClientText | Taint.PlayerText), trace);
            case var path when path.StartsWith("string.", StringComparison.Ordinal):
                return UnknownValue.Plain.With((taint & ~Taint.Number) | ((taint & Taint.Client) != Taint.None ? Taint.ClientText : Taint.None), trace);
            default:
                return UnknownValue.Plain.With(taint & ~Taint.Assembled, trace);
        }
    }

    private static bool IsSearchForPlayer(EngineCall call)
    {
        static bool IsList(Value value) => value is TableValue table ? table.Entries.Any(entry => IsList(entry.Value)) : value is ConstantValue constant && People.IsNamed(constant.Content);

        return (IsList(call.Argument(0)) && (call.Argument(1).Taint & Taint.Identity) != Taint.None)
            || (call.Path != "table.find" && IsList(call.Argument(1)) && (call.Argument(0).Taint & Taint.Identity) != Taint.None);
    }
}
