namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What the engine's functions give, as far as the scan needs it.</summary>
internal static class EngineResults
{
    public static Value Of(EngineCall call, Func<TraceStep> step)
    {
        var receiver = call.Receiver;
        var (taint, trace) = Operators.TaintOf(call.Arguments);
        switch (call.Name)
        {
            case "GetService" or "FindService" when receiver?.Path == "game":
                return call.Argument(0) is ConstantValue { Text: { } service } ? new EngineValue(service) : UnknownValue.Plain;
            case "new" when call.Path == "Instance.new":
                return new EngineValue("new " + (Operators.TextOf(call.Argument(0)) ?? "?"));
            case "FindFirstChild" or "WaitForChild" or "FindFirstChildOfClass" or "FindFirstChildWhichIsA" or "FindFirstAncestor" when receiver is not null:
                return EnginePaths.Member(receiver, Operators.TextOf(call.Argument(0)) ?? "?");
            case "GetChildren" or "GetDescendants" or "GetPlayers" or "GetTagged" when receiver is not null:
                return new EngineValue(call.Name == "GetPlayers" ? "Player" : receiver.Path + ".*");
            case "Clone" when receiver is not null:
                return new EngineValue(receiver.Path);
            case "GetAsync" or "PostAsync" or "RequestAsync" when receiver?.Path == "HttpService":
                return UnknownValue.Plain.With(Taint.Network, step());
            case "GetPlayerFromCharacter" or "GetPlayerByUserId":
                return new EngineValue("Player");
            case "GetDataStore" or "GetOrderedDataStore" or "GetGlobalDataStore" when receiver?.Path == "DataStoreService":
                return new EngineValue("DataStore");
            case "FilterStringAsync" or "GetNonChatStringForBroadcastAsync" or "GetChatForUserAsync" or "GetNonChatStringForUserAsync":
                return new EngineValue("Filtered text") { Taint = Taint.Filtered };
            case "InvokeServer" or "InvokeClient" when receiver is not null:
                return call.Name == "InvokeClient" ? UnknownValue.Plain.With(Taint.Client, step()) : UnknownValue.Plain;
            case "require":
                return new EngineValue("module");
            case "LoadAsset" when receiver?.Path == "InsertService":
                return new EngineValue("asset");
            default:
                return receiver is not null && call.Path.Contains(':')
                    ? new EngineValue(receiver.Path + "()") { Taint = (taint & ~Taint.Client) | receiver.Taint, Trace = trace ?? receiver.Trace }
                    : UnknownValue.Plain.With(taint, trace);
        }
    }
}
