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
    private const int MaxAbstractCalls = 4;
    private const int BaseBudget = 100_000;
    private const int BudgetPerToken = 30;

    private readonly SyntaxTree tree;
    private readonly IReadOnlyList<Detector> detectors;
    private readonly Dictionary<string, Value> globals = new(StringComparer.Ordinal);
    private readonly Dictionary<FunctionBody, int> calls = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<FunctionValue> unmet = new();
    private readonly Stack<List<IReadOnlyList<Value>>> returns = new();
    private Activation frame;
    private Journal? journal;
    private int callDepth;
    private int protections;
    private int steps;
    private int effects;

    private Interpreter(SyntaxTree tree, IReadOnlyList<Detector> detectors)
    {
        this.tree = tree;
        this.detectors = detectors;
        frame = new(tree.Locals, null, 0);
        steps = BaseBudget + (int)Math.Min(2_000_000L, (long)tree.Tokens.Count * BudgetPerToken);
        globals["_G"] = new TableValue();
        globals["shared"] = new TableValue();
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

    /// <summary>Follows a script from its first statement, then each function that nothing called.</summary>
    public static void Run(SyntaxTree tree, IReadOnlyList<Detector> detectors)
    {
        var interpreter = new Interpreter(tree, detectors);
        interpreter.returns.Push([]);
        interpreter.Execute(tree.Root);
        while (interpreter.unmet.TryDequeue(out var function))
        {
            if (!interpreter.calls.ContainsKey(function.Body))
            {
                interpreter.Invoke(function, Handlers.UnknownArguments(function), null);
            }
        }
    }

    /// <summary>A step of a trace at a node.</summary>
    private TraceStep Step(SyntaxNode node, string message, TraceStep? earlier = null) => new(tree.SpanOf(node), message, earlier);

    private Flow Execute(Block block)
    {
        foreach (var statement in block.Statements)
        {
            steps--;
            var flow = Execute(statement);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private void Declare(Binding binding, Value value)
    {
        if (binding.Symbol is { } symbol)
        {
            Assign(symbol, value);
        }
    }

    private void Assign(Symbol symbol, Value value)
    {
        journal?.Note(frame, symbol);
        frame[symbol] = value;
    }

    /// <summary>What was written since the last fork, so that each way starts from the same state.</summary>
    private sealed class Journal
    {
        private readonly Dictionary<(Activation Frame, Symbol Symbol), Value> before = [];

        public IEnumerable<(Activation Frame, Symbol Symbol)> Written => before.Keys;

        public void Note(Activation frame, Symbol symbol) => before.TryAdd((frame, symbol), frame[symbol]);

        public Value Before((Activation Frame, Symbol Symbol) cell) => before[cell];

        /// <summary>Takes back what was written; what it was.</summary>
        public Dictionary<(Activation Frame, Symbol Symbol), Value> Undo()
        {
            var outcome = before.Keys.ToDictionary(cell => cell, cell => cell.Frame[cell.Symbol]);
            foreach (var (cell, value) in before)
            {
                cell.Frame[cell.Symbol] = value;
            }

            return outcome;
        }
    }

    /// <summary>Takes several ways from one state and joins what they leave. Ways that leave the block count for nothing after it.</summary>
    private Flow Fork(IReadOnlyList<Func<Flow>> ways)
    {
        var outer = journal;
        var outcomes = new List<Dictionary<(Activation, Symbol), Value>>();
        var touched = new Dictionary<(Activation Frame, Symbol Symbol), Value>();
        var flow = Flow.Leave;
        foreach (var way in ways)
        {
            journal = new();
            var end = way();
            foreach (var cell in journal.Written)
            {
                touched.TryAdd(cell, journal.Before(cell));
            }

            var outcome = journal.Undo();
            if (end == Flow.Next)
            {
                outcomes.Add(outcome);
            }

            flow = end == Flow.Next || flow == Flow.Next ? Flow.Next : end < flow ? end : flow;
        }

        journal = outer;
        foreach (var (cell, before) in touched)
        {
            Value? joined = null;
            foreach (var outcome in outcomes)
            {
                joined = Join.Of(joined, outcome.GetValueOrDefault(cell) ?? before);
            }

            if (joined is not null)
            {
                journal?.Note(cell.Frame, cell.Symbol);
                cell.Frame[cell.Symbol] = joined;
            }
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
