using System.Buffers;
using System.Collections.Frozen;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A function that the engine will call, and what it will call it with.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Node">Where it was handed over.</param>
/// <param name="IsEachFrame">Whether it runs once a frame.</param>
/// <param name="Callback">The name of the callback, when the engine waits for its answer.</param>
/// <param name="Guard">The condition under which it was handed over.</param>
internal sealed record Handler(FunctionValue Function, Value[] Arguments, SyntaxNode Node, bool IsEachFrame = false, string? Callback = null, Value? Guard = null);

/// <summary>Functions that are handed to the engine. What a client sends is anything, what the server sends is trusted.</summary>
internal static class Handlers
{
    // Clients may send more than the script has names for.
    private const int MoreArguments = 4;

    private static readonly FrozenSet<string> Frames = new[]
    {
        "Heartbeat", "Stepped", "RenderStepped", "PreRender", "PreSimulation", "PostSimulation", "PreAnimation",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> OfPlayers = new[]
    {
        "PlayerAdded", "PlayerRemoving", "PlayerChatted", "PlayerConnecting", "Triggered", "PromptTriggered", "MouseClick", "RightMouseClick",
        "PromptGamePassPurchaseFinished", "PromptPurchaseFinished", "PromptBundlePurchaseFinished", "PromptProductPurchaseFinished",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> PlayerNames = new[] { "player", "plr", "plyr", "speaker", "sender" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<string> TextNames = SearchValues.Create(
    [
        "text", "txt", "msg", "message", "words", "chat", "say", "speech", "shout", "announcement", "comment", "note", "bio", "motto", "status", "caption", "title", "nickname", "petname", "label", "letter", "description", "content", "line", "sentence", "saying",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Talk = SearchValues.Create(["Chat", "Say", "Message", "Shout", "Announce", "Talk", "Speak", "Broadcast"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Arguments of a function that somebody else calls: a parameter that is named or typed like a player is one.</summary>
    public static Value[] GuessedArguments(FunctionValue function)
    {
        var first = function.Self is null ? 0 : 1;
        var arguments = new Value[first + function.Body.Parameters.Count];
        Array.Fill(arguments, UnknownValue.Plain);
        if (function.Owner is { } owner && arguments.Length > 0 && (function.Self is not null || function.Body.Parameters is [{ Name: "self" }, ..]))
        {
            arguments[0] = (owner.Instance ?? owner).AtAnyTime();
        }

        for (var i = first; i < arguments.Length; i++)
        {
            if (arguments[i] is not TableValue && IsPlayer(function.Body.Parameters[i - first]))
            {
                arguments[i] = new EngineValue("Player");
            }
        }

        return arguments;
    }

    /// <summary>Whether a call keeps the functions that it is given for later, instead of calling them at once.</summary>
    public static bool IsLater(EngineCall call) => call.Name is "Connect" or "connect" or "Once" or "ConnectParallel" or "BindToClose" or "BindAction" or "BindToRenderStep" or "SubscribeAsync" or "RegisterCommand";

    /// <summary>The functions among a call's arguments.</summary>
    public static List<Handler> Of(EngineCall call, SyntaxNode node, Place place)
    {
        var handlers = new List<Handler>();
        foreach (var argument in call.Arguments)
        {
            foreach (var option in argument is FunctionValue or ChoiceValue ? Join.Options(argument) : [])
            {
                if (option is FunctionValue function)
                {
                    handlers.Add(new(function, Padded(ArgumentsOf(call, function, place), function), node, IsEachFrame(call)));
                }
            }
        }

        return handlers;
    }

    // What is not known of the other arguments is unknown, not nil.
    private static Value[] Padded(Value[] arguments, FunctionValue function)
    {
        var count = function.Body.Parameters.Count + (function.Self is null ? 0 : 1);
        if (arguments.Length >= count)
        {
            return arguments;
        }

        var padded = new Value[count];
        arguments.CopyTo(padded, 0);
        Array.Fill(padded, UnknownValue.Plain, arguments.Length, count - arguments.Length);
        return padded;
    }

    /// <summary>A callback that is set by assignment, e.g. <c>OnServerInvoke</c>.</summary>
    public static IEnumerable<Handler> Assigned(EngineValue target, string member, Value value, SyntaxNode node, Place place)
    {
        foreach (var option in Join.Options(value))
        {
            if (option is FunctionValue function)
            {
                var arguments = member switch
                {
                    "OnServerInvoke" => SentBy(function, target.Path, place.Step($"a client calls {target.Path}")),
                    "ProcessReceipt" => [new EngineValue("Receipt")],
                    "OnIncomingMessage" or "OnBubbleAdded" or "ShouldDeliverCallback" => [new EngineValue("ChatMessage")],
                    _ => GuessedArguments(function),
                };
                yield return new(function, arguments, node, Callback: member);
            }
        }
    }

    /// <summary>What a signal gives to who waits for it.</summary>
    public static Value[]? Awaited(string signal, Place place) => signal switch
    {
        "OnServerEvent" => [new EngineValue("Player"), .. Enumerable.Repeat(UnknownValue.Plain.With(Taint.Client, place.Step("a client fires it")), MoreArguments)],
        "Chatted" => [UnknownValue.Plain.With(Taint.PlayerText, place.Step("a player writes it"))],
        "CharacterAdded" => [new EngineValue("Player.Character")],
        _ when OfPlayers.Contains(signal) => [new EngineValue("Player")],
        _ => null,
    };

    private static Value[] ArgumentsOf(EngineCall call, FunctionValue function, Place place)
    {
        var signal = call.Receiver?.Name;
        if (!IsLater(call) || signal is null)
        {
            return call.Name == "UpdateAsync" ? [UnknownValue.Plain.With(Taint.Stored, place.Step("it was read from a data store"))] : GuessedArguments(function);
        }

        return signal switch
        {
            "OnServerEvent" => SentBy(function, call.Receiver!.Path, place.Step($"a client fires {RemoteOf(call.Receiver)}")),
            "MessageReceived" or "SendingMessage" => [new EngineValue("ChatMessage")],
            "Triggered" when call.Receiver!.Path.Contains("Command", StringComparison.Ordinal) => [new EngineValue("Player"), UnknownValue.Plain.With(Taint.PlayerText, place.Step("a player writes it"))],
            "PlayerChatted" => [UnknownValue.Plain, new EngineValue("Player"), UnknownValue.Plain.With(Taint.PlayerText, place.Step("a player writes it"))],
            _ => Awaited(signal, place) ?? GuessedArguments(function),
        };
    }

    // The remote that a signal belongs to; a fragment of a script may name the signal alone.
    private static string RemoteOf(EngineValue signal) => signal.Path.Length > signal.Name.Length ? signal.Path[..^(signal.Name.Length + 1)] : "a remote";

    private static bool IsEachFrame(EngineCall call) => call.Name == "BindToRenderStep" || (IsLater(call) && call.Receiver is { } signal && Frames.Contains(signal.Name));

    private static bool IsPlayer(Binding parameter) =>
        parameter.Type is NamedType { Name: "Player" } || PlayerNames.Contains(parameter.Name);

    private static Value[] SentBy(FunctionValue function, string remote, TraceStep step)
    {
        var isTalk = remote.AsSpan().ContainsAny(Talk);
        var values = new List<Value> { new EngineValue("Player") };
        foreach (var parameter in function.Body.Parameters.Skip(1))
        {
            var text = isTalk || parameter.Name.AsSpan().ContainsAny(TextNames) ? Taint.ClientText : Taint.None;
            values.Add(UnknownValue.Plain.With(Taint.Client | text, step));
        }

        if (function.Body.IsVariadic)
        {
            values.AddRange(Enumerable.Repeat(UnknownValue.Plain.With(Taint.Client, step), MoreArguments));
        }

        return [.. values];
    }
}
