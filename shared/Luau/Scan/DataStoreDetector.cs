using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How data stores are used.</summary>
public sealed class DataStoreDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // Most scripts use no data store.
    private Dictionary<(int Activity, int Pauses, string Store), EngineCall>? reads;
    private List<EngineCall>? writes;
    private List<(EngineCall Call, LoopRun Loop)>? inLoops;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Receiver is not { } store || !store.Path.StartsWith("DataStore.", StringComparison.Ordinal) || !call.Name.EndsWith("Async", StringComparison.Ordinal) || store.Path.Contains('('))
        {
            return;
        }

        if (!call.Moment.IsProtected)
        {
            Report(Rules.DataStoreUnprotected, call.Node, $"{call.Name} throws when the service fails, and nothing catches it.");
        }

        // Read and written without a wait in between, in one thread: the second follows from the first.
        var place = (call.Moment.Activity, call.Moment.Pauses, store.Path);
        if (call.Name == "GetAsync")
        {
            (reads ??= []).TryAdd(place, call);
        }
        else if (call.Name == "SetAsync" && !IsNew(call.Argument(1)) && reads is not null && reads.TryGetValue(place, out var read) && IsSameKey(read.Argument(0), call.Argument(0)))
        {
            Report(Rules.DataStoreLostUpdate, call.Node, "Between the read above and this write another server may have written.");
        }

        if (call.Name == "SetAsync" && call.Argument(1) is not ConstantValue && !IsNew(call.Argument(1)))
        {
            (writes ??= []).Add(call);
        }

        if (call.Moment.Loop is { } loop)
        {
            (inLoops ??= []).Add((call, loop));
        }
    }

    /// <inheritdoc/>
    public override void Finished()
    {
        // Loaded at one time and written at another: what others wrote meanwhile is lost all the more.
        foreach (var write in writes ?? [])
        {
            foreach (var read in reads is null ? [] : (IEnumerable<EngineCall>)reads.Values)
            {
                if (read.Receiver!.Path == write.Receiver!.Path && IsSameKey(read.Argument(0), write.Argument(0)))
                {
                    Report(Rules.DataStoreLostUpdate, write.Node, "What was loaded is written back later, over what another server wrote meanwhile.");
                    break;
                }
            }
        }

        foreach (var (call, loop) in inLoops ?? [])
        {
            if (!loop.Pauses)
            {
                Report(Rules.DataStoreInLoop, call.Node, $"{call.Name} runs once a round, without a pause.");
            }
        }
    }

    // What owes nothing to what was stored: the time, the server's own id, what a client wrote, with what is fixed; an entry with its time, made of what its writer was told.
    private static bool IsNew(Value written)
    {
        var parts = Operators.Parts(written);
        var isEntry = written is TableValue && parts.Any(IsMoving);
        return parts.All(part => (part.Taint & Taint.Stored) == Taint.None && (part is ConstantValue or EngineValue { Path: "game.JobId" or "game.PlaceId" or "game.PlaceVersion" } || IsMoving(part) || (part.Taint & Taint.ClientText) != Taint.None || (isEntry && part is UnknownValue)));
    }

    private static bool IsMoving(Value part) => (part.Taint & Taint.Moving) != Taint.None;

    private static bool IsSameKey(Value read, Value written) =>
        (read, written) is (ConstantValue a, ConstantValue b)
            ? Equals(a.Content, b.Content)
            : Beginning(read) is not { } first || Beginning(written) is not { } second || first.StartsWith(second, StringComparison.Ordinal) || second.StartsWith(first, StringComparison.Ordinal);

    private static string? Beginning(Value key) => (key as PrefixValue)?.Prefix ?? Operators.TextOf(key);
}
