using System.Buffers;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>
/// Follows a script: what is constant is computed, what is not is carried along as unknown with where it comes from. A condition
/// that is not known takes all ways. So a name that is split, encoded, kept in a table or passed through functions arrives as itself.
/// Work is bounded by a budget of steps, to which the script's texts and numbers add what decoding them may take; when it is spent, loops run once and functions are not entered again.
/// </summary>
public sealed partial class Interpreter
{
    private const int MaxCallDepth = 24;
    private const int MaxAbstractCalls = 16;
    private const int BaseBudget = 1_000;
    private const int BudgetPerByte = 6;
    private const int MaxBudget = 2_000_000;

    // What a byte of a text, or a number, brings along to be decoded with; more where nothing but data stands, for its beginning.
    private const int BudgetPerDatum = 20;
    private const int BudgetPerBlobByte = 200;
    private const int MaxBlobBudget = 20_000;
    private const int ShortestBlob = 24;

    // Without one of these, or an interpolated string, no text comes out that didn't go in.
    private static readonly SearchValues<string> Makers = SearchValues.Create(
        ["char", "concat", "reverse", "gsub", "format", "sub(", "byte", "bxor", "buffer", ".."], StringComparison.Ordinal);

    private bool? makesTexts;
    private readonly Detector[] onCalls;
    private readonly Detector[] onReads;
    private readonly Detector[] onWrites;
    private readonly Detector[] onFlow;
    private readonly ScriptPackage package;
    private readonly ScriptUnit home;
    private readonly TableValue globals = new();
    private readonly TableValue properties = new();
    // The two tables that all scripts see: _G and shared.
    private TableValue? everywhere;
    private TableValue? shared;

    // What is known of the fields of unknown objects, by their names.
    private readonly TableValue fields = new();
    private readonly Dictionary<string, EngineValue> roots = new(StringComparer.Ordinal);
    private readonly Dictionary<FunctionBody, int> calls = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<FunctionValue> unmet = new();
    private readonly List<Handler> handlers = [];
    private readonly List<(Statement Loop, Activation Frame)> waiting = [];
    private readonly Stack<List<Results>> returns = new();
    private readonly Stack<List<Results>> spare = new();
    private readonly Journal journal = new();
    private Dictionary<ScriptUnit, Value>? modules;
    private Dictionary<ScriptUnit, ConstantValue?[]>? constantsByUnit;
    private ScriptUnit unit;

    // The values of the unit's literals, by their numbers.
    private ConstantValue?[] constants;
    private SyntaxNode? site;
    private Statement? current;
    private Activation frame;
    private LoopRun? loop;

    // The loop in which the thread that runs was begun: it doesn't wait with its threads.
    private LoopRun? spawner;

    // The loop that the way being followed leaves at its end.
    private LoopRun? leaving;
    private Value? guard;

    // Whether the last call may have given more results than are known.
    private bool isOpen;
    private bool isReplay;
    private bool isRunningHandlers;

    // Whether a client has sent anything yet: until then nothing needs to be checked.
    private bool hasClients;

    // Whether a callback left something behind that another, or its own next call, may find.
    private bool hasNews;
    private int ran;
    private int threads;
    private int activity;
    private int pauses;
    private int yields;
    private int yieldsAtSpawn;
    private int callDepth;
    private int protections;
    private int begun;
    private int steps;
    private int granted;
    private int effects;
    private int texts;
    private int fetches;
    private int closed;

    private Interpreter(ScriptUnit home, ScriptPackage package, Detector[] detectors)
    {
        this.home = home;
        this.package = package;
        Span<Events> hears = stackalloc Events[detectors.Length];
        for (var i = 0; i < detectors.Length; i++)
        {
            hears[i] = detectors[i].Hears;
        }

        onCalls = Hearing(detectors, hears, Events.Calls);
        onReads = Hearing(detectors, hears, Events.Reads);
        onWrites = Hearing(detectors, hears, Events.Writes);
        onFlow = Hearing(detectors, hears, Events.Flow);
        unit = home;
        constants = new ConstantValue?[home.Tree.Literals];
        frame = new(home.Tree.Locals, null, 0);
        steps = (int)Math.Min(MaxBudget, BaseBudget + ((long)home.Tree.Source.Length * BudgetPerByte));
        granted = steps;
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
        Leave,
    }

    /// <summary>Whether the script has anything that makes texts.</summary>
    private bool MakesTexts => makesTexts ??= home.Tree.Source.Text.AsSpan().ContainsAny(Makers) || home.Tree.Source.Text.Contains('`');

    /// <summary>Whether the budget still lasts.</summary>
    private bool HasBudget => steps > 0;

    private Moment Now => new(protections > 0, loop, guard, activity, pauses, begun > 0);

    /// <summary>Follows a script alone.</summary>
    /// <returns>The steps that were taken.</returns>
    public static int Run(SyntaxTree tree, Detector[] detectors) => Run(new(tree, []), ScriptPackage.Empty, detectors);

    /// <summary>
    /// Follows a script from its first statement, then what it handed to the engine, then each function that nothing called. What
    /// was handed to the engine runs again when one callback left something behind, because the engine calls them in any order:
    /// one callback's state is another's input.
    /// </summary>
    /// <returns>The steps that were taken: each is an expression that was evaluated or a statement that was executed.</returns>
    public static int Run(ScriptUnit unit, ScriptPackage package, Detector[] detectors)
    {
        var interpreter = new Interpreter(unit, package, detectors);
        interpreter.RunAll();
        foreach (var detector in detectors)
        {
            detector.Finished();
        }

        return interpreter.granted - interpreter.steps;
    }

    private static Detector[] Hearing(Detector[] detectors, ReadOnlySpan<Events> hears, Events some)
    {
        var count = 0;
        foreach (var heard in hears)
        {
            count += (heard & some) != Events.None ? 1 : 0;
        }

        var hearing = new Detector[count];
        Span<Detector> places = hearing;
        for (var i = detectors.Length - 1; i >= 0; i--)
        {
            if ((hears[i] & some) != Events.None)
            {
                places[--count] = detectors[i];
            }
        }

        return hearing;
    }

    private Place PlaceOf(SyntaxNode node) => new(home.Tree, Home(node));

    /// <summary>A step of a trace at a node.</summary>
    private TraceStep Step(SyntaxNode node, string message, TraceStep? earlier = null) => new(home.Tree.SpanOf(Home(node)), message, earlier);

    private Flow Execute(Block block)
    {
        var before = guard;
        var flow = Flow.Next;
        foreach (var statement in block.Statements)
        {
            steps--;
            if (guard is not null && site is null)
            {
                foreach (var detector in onFlow)
                {
                    detector.Guarded(statement, guard);
                }
            }

            current = statement;
            flow = Execute(statement);
            if (flow != Flow.Next)
            {
                break;
            }
        }

        guard = before;
        return flow;
    }

    private static bool? Truth(Value value)
    {
        switch (value)
        {
            case ConstantValue constant:
                return constant.Content is not (null or false);
            case FunctionValue or TableValue:
                return true;
            case ChoiceValue choice:
                var first = Truth(choice.Options[0]);
                foreach (var option in choice.Options)
                {
                    if (Truth(option) != first)
                    {
                        return null;
                    }
                }

                return first;
            default:
                return null;
        }
    }
}
