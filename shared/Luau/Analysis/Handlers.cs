namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A function that the engine will call, and what it will call it with.</summary>
internal sealed record Handler(FunctionValue Function, IReadOnlyList<Value> Arguments);

/// <summary>Functions that are handed to the engine. What a client sends is anything, what the server sends is trusted.</summary>
internal static class Handlers
{
    /// <summary>Arguments of which nothing is known.</summary>
    public static IReadOnlyList<Value> UnknownArguments(FunctionValue function) =>
        [.. Enumerable.Repeat<Value>(UnknownValue.Plain, function.Body.Parameters.Count + (function.Self is null ? 0 : 1))];

    /// <summary>The functions among a call's arguments.</summary>
    public static IEnumerable<Handler> Of(EngineCall call, Func<string, TraceStep> step) =>
        from argument in call.Arguments
        from option in Join.Options(argument)
        where option is FunctionValue
        let function = (FunctionValue)option
        select new Handler(function, ArgumentsOf(call, function, step));

    /// <summary>A callback that is set by assignment, e.g. <c>OnServerInvoke</c>.</summary>
    public static void Assigned(EngineValue target, string member, Value value, Action<Handler> invoke, Func<string, TraceStep> step)
    {
        foreach (var function in Join.Options(value).OfType<FunctionValue>())
        {
            invoke(new(function, member switch
            {
                "OnServerInvoke" => [new EngineValue("Player"), .. FromClient(function.Body.Parameters.Count - 1, function.Body.IsVariadic, step($"a client calls {target.Path}"))],
                "ProcessReceipt" => [new EngineValue("Receipt")],
                _ => UnknownArguments(function),
            }));
        }
    }

    private static IReadOnlyList<Value> ArgumentsOf(EngineCall call, FunctionValue function, Func<string, TraceStep> step)
    {
        var signal = call.Receiver?.Name;
        if (call.Name is not ("Connect" or "connect" or "Once" or "ConnectParallel") || signal is null)
        {
            return UnknownArguments(function);
        }

        var count = function.Body.Parameters.Count;
        return signal switch
        {
            "OnServerEvent" => [new EngineValue("Player"), .. FromClient(count - 1, function.Body.IsVariadic, step($"a client fires {call.Receiver!.Path[..^(signal.Length + 1)]}"))],
            "PlayerAdded" or "PlayerRemoving" => [new EngineValue("Player")],
            "Chatted" => [UnknownValue.Plain.With(Taint.PlayerText, step("a player writes it"))],
            "CharacterAdded" => [new EngineValue("Player.Character")],
            _ => UnknownArguments(function),
        };
    }

    private static IEnumerable<Value> FromClient(int count, bool isVariadic, TraceStep step) =>
        Enumerable.Repeat(UnknownValue.Plain.With(Taint.Client, step), Math.Max(count, 0) + (isVariadic ? 2 : 0));
}
