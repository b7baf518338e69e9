using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>
/// Follows a script: what is constant is computed, what is not is carried along as unknown with where it comes from. A condition
/// that is not known takes all ways. So a name that is split, encoded, kept in a table or passed through functions arrives as itself.
/// Work is bounded by a budget of steps; when it is spent, loops run once and functions are not entered again.
/// </summary>
public sealed partial class Interpreter
{
    private const int MaxCallDepth = 24;
    private const int MaxAbstractCalls = 16;
    private const int BaseBudget = 4_000;
    private const int BudgetPerByte = 40;
    private const int MaxBudget = 2_000_000;

    private readonly IReadOnlyList<Detector> detectors;
    private readonly ScriptPackage package;
    private readonly ScriptUnit home;
    private readonly TableValue globals = new();
    private readonly TableValue properties = new();
    private readonly TableValue everywhere = new();
    private readonly Dictionary<FunctionBody, int> calls = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ScriptUnit, Value> modules = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Symbol, IReadOnlyList<Check>> checks = [];
    private readonly Queue<FunctionValue> unmet = new();
    private readonly List<Handler> handlers = [];
    private readonly List<(Statement Loop, Activation Frame)> waiting = [];
    private readonly Stack<List<IReadOnlyList<Value>>> returns = new();
    private ScriptUnit unit;
    private SyntaxNode? site;
    private Activation frame;
    private Journal? journal;
    private LoopRun? loop;
    private Value? guard;
    private bool isReplay;
    private bool isRunningHandlers;
    private int ran;
    private int threads;
    private int activity;
    private int pauses;
    private int callDepth;
    private int protections;
    private int steps;
    private int effects;

    private Interpreter(ScriptUnit home, ScriptPackage package, IReadOnlyList<Detector> detectors)
    {
        this.home = home;
        this.package = package;
        this.detectors = detectors;
        unit = home;
        frame = new(home.Tree.Locals, null, 0);
        steps = (int)Math.Min(MaxBudget, BaseBudget + ((long)home.Tree.Source.Length * BudgetPerByte));
        globals.Set("_G", everywhere);
        globals.Set("shared", everywhere);
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
        Leave,
    }

    /// <summary>Whether the budget still lasts.</summary>
    private bool HasBudget => steps > 0;

    private Moment Now => new(protections > 0, loop, guard, activity, pauses);

    /// <summary>Follows a script alone.</summary>
    public static void Run(SyntaxTree tree, IReadOnlyList<Detector> detectors) => Run(new(tree, []), ScriptPackage.Empty, detectors);

    /// <summary>
    /// Follows a script from its first statement, then what it handed to the engine, then each function that nothing called. What
    /// was handed to the engine runs twice, because the engine calls it in any order: one callback's state is another's input.
    /// </summary>
    public static void Run(ScriptUnit unit, ScriptPackage package, IReadOnlyList<Detector> detectors)
    {
        var interpreter = new Interpreter(unit, package, detectors);
        interpreter.RunAll();
        foreach (var detector in detectors)
        {
            detector.Finished();
        }
    }

    private void RunAll()
    {
        returns.Push([]);
        Execute(home.Tree.Root);
        RunHandlers();
        while (unmet.TryDequeue(out var function))
        {
            if (!calls.ContainsKey(function.Body))
            {
                activity = ++threads;
                Invoke(function, Handlers.GuessedArguments(function), function.Body);
                RunHandlers();
            }
        }

        isReplay = true;
        ran = 0;
        RunHandlers();
        foreach (var (statement, scope) in waiting)
        {
            frame = scope;
            activity = ++threads;
            ExecuteLoop(statement);
        }
    }

    // While a thread waits, the callbacks that it handed over run.
    private void Wait()
    {
        if (isRunningHandlers || isReplay || ran == handlers.Count)
        {
            return;
        }

        var (frameBefore, unitBefore, siteBefore, loopBefore, guardBefore, protectionsBefore, activityBefore) = (frame, unit, site, loop, guard, protections, activity);
        RunHandlers();
        (frame, unit, site, loop, guard, protections, activity) = (frameBefore, unitBefore, siteBefore, loopBefore, guardBefore, protectionsBefore, activityBefore);
    }

    // Runs the callbacks that did not run yet, also those that are handed over meanwhile.
    private void RunHandlers()
    {
        isRunningHandlers = true;
        while (ran < handlers.Count)
        {
            var handler = handlers[ran++];
            activity = ++threads;
            (protections, guard, site) = (0, handler.Guard, null);
            loop = handler.IsEachFrame ? new(null, handler.Node, frame) : null;
            Value answer = ConstantValue.Nil;
            Fork([
                () =>
                {
                    answer = First(Invoke(handler.Function, handler.Arguments, handler.Node));
                    return Flow.Next;
                },
                () => Flow.Next,
            ]);
            (loop, guard) = (null, null);
            if (handler.Callback is { } callback)
            {
                foreach (var detector in detectors)
                {
                    detector.Answered(callback, answer, handler.Function.Unit == home ? handler.Function.Body : handler.Node);
                }
            }
        }

        isRunningHandlers = false;
    }

    private void Defer(Handler handler)
    {
        if (!isReplay && handlers.Count(known => known.Function.Body == handler.Function.Body) < MaxAbstractCalls)
        {
            handlers.Add(handler with { Guard = guard });
        }
    }

    /// <summary>The node that a detector is told: in another script of the package, the call that leads there.</summary>
    private SyntaxNode Home(SyntaxNode node) => site ?? node;

    /// <summary>A step of a trace at a node.</summary>
    private TraceStep Step(SyntaxNode node, string message, TraceStep? earlier = null) => new(home.Tree.SpanOf(Home(node)), message, earlier);

    private Flow Execute(Block block)
    {
        var before = guard;
        foreach (var statement in block.Statements)
        {
            steps--;
            if (guard is not null && site is null)
            {
                foreach (var detector in detectors)
                {
                    detector.Guarded(statement, guard);
                }
            }

            var flow = Execute(statement);
            if (flow != Flow.Next)
            {
                guard = before;
                return flow;
            }
        }

        guard = before;
        return Flow.Next;
    }

    private void Declare(Binding binding, Value value)
    {
        if (binding.Symbol is { } symbol)
        {
            Write(new(frame, symbol), value);
        }
    }

    private void Assign(Symbol symbol, Value value)
    {
        if (frame.Owner(symbol) is { } owner)
        {
            var cell = new Cell(owner, symbol);
            NoteChange(cell, value);
            Write(cell, value);
        }
    }

    private void Write(Cell cell, Value value)
    {
        journal?.Note(cell);
        cell.Write(value);
    }

    /// <summary>Takes several ways from one state and joins what they leave. Ways that leave the block count for nothing after it.</summary>
    private Flow Fork(IReadOnlyList<Func<Flow>> ways)
    {
        var outer = journal;
        var outcomes = new List<Dictionary<Cell, Value?>?>();
        Dictionary<Cell, Value?>? touched = null;
        var flow = Flow.Leave;
        foreach (var way in ways)
        {
            var noted = journal = new();
            var end = way();
            foreach (var cell in noted.Written)
            {
                touched ??= [];
                touched.TryAdd(cell, noted.Before(cell));
            }

            var outcome = noted.Undo();
            if (end == Flow.Next)
            {
                outcomes.Add(outcome);
            }

            flow = end == Flow.Next || flow == Flow.Next ? Flow.Next : end < flow ? end : flow;
        }

        journal = outer;
        if (touched is null || outcomes.Count == 0)
        {
            return flow;
        }

        foreach (var (cell, before) in touched)
        {
            Value? joined = null;
            foreach (var outcome in outcomes)
            {
                joined = Join.Of(joined, (outcome is not null && outcome.TryGetValue(cell, out var value) ? value : before) ?? ConstantValue.Nil);
            }

            Write(cell, joined!);
        }

        return flow;
    }

    private static bool? Truth(Value value) => value switch
    {
        ConstantValue constant => constant.Content is not (null or false),
        FunctionValue or TableValue => true,
        ChoiceValue choice => choice.Options.Select(Truth).Distinct().ToList() is [var only] ? only : null,
        _ => null,
    };
}
