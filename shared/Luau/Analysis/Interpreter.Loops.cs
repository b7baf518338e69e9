using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// A loop goes on as long as it is known to, its own share of the budget lasts, and its rounds do something new. Otherwise its body
// is followed once with what is known, which is enough to see what it does.
public sealed partial class Interpreter
{
    // Rounds of a loop that asks the engine: each may name another address or asset.
    private const int MaxRoundsWithEffects = 16;

    // Loops that are followed again when all callbacks have run.
    private const int MaxWaiting = 16;

    // From this round on a loop's state is compared with what it was.
    private const int FirstComparedRound = 64;

    private Flow ExecuteLoop(Statement statement)
    {
        var run = loop = new(loop, statement, frame);
        var flow = statement switch
        {
            WhileStatement body => Repeat(run, body.Body, before: body.Condition, after: null),
            RepeatStatement body => Repeat(run, body.Body, before: null, after: body.Condition),
            NumericForStatement body => ExecuteNumericFor(run, body),
            GenericForStatement body => ExecuteGenericFor(run, body),
            _ => Flow.Next,
        };
        loop = run.Outer;
        if (run.Pauses && !isReplay && unit == home && waiting.Count < MaxWaiting)
        {
            // What callbacks change meanwhile is seen in its next round.
            waiting.Add((statement, frame));
        }

        if (site is null)
        {
            foreach (var detector in detectors)
            {
                detector.Looped(run);
            }
        }

        return flow;
    }

    private Flow Repeat(LoopRun run, Block body, Expression? before, Expression? after)
    {
        var outer = journal;
        StateWatch? watch = null;
        var end = Follow(run, body, before, after, ref watch);
        journal = outer;
        watch?.Merge();
        return end;
    }

    private Flow Follow(LoopRun run, Block body, Expression? before, Expression? after, ref StateWatch? watch)
    {
        var rounds = new Rounds(this);
        while (true)
        {
            var condition = before is null ? ConstantValue.True : Evaluate(before);
            if (Truth(condition) is not { } goesOn)
            {
                return Fork([() => Under(condition, before!, holds: true, () => Inside(Execute(body))), () => Flow.Next]);
            }

            if (!goesOn)
            {
                return Flow.Next;
            }

            if (rounds.Count == FirstComparedRound)
            {
                // Nothing after a loop that can't be left is reached.
                if (after is null && before is BooleanExpression && !SyntaxWalk.Descendants(body).Any(node => node is BreakStatement or ReturnStatement))
                {
                    return Flow.Next;
                }

                watch = new(journal);
                journal = watch.Noted;
            }

            var flow = Execute(body);
            if (flow is Flow.Break or Flow.Leave)
            {
                return Inside(flow);
            }

            if (after is not null && Truth(Evaluate(after)) != false)
            {
                return Flow.Next;
            }

            if (watch is not null && watch.IsBack())
            {
                run.IsEndless = true;
                return Flow.Next;
            }

            if (!rounds.GoOn(isBounded: before is not (null or BooleanExpression or NumberExpression)))
            {
                return Flow.Next;
            }
        }
    }

    // What a loop's body leaves, seen from outside of the loop.
    private static Flow Inside(Flow flow) => flow is Flow.Break or Flow.Continue ? Flow.Next : flow;

    private Flow ExecuteNumericFor(LoopRun run, NumericForStatement statement)
    {
        var from = Evaluate(statement.From);
        var to = Evaluate(statement.To);
        var step = statement.Step is null ? new ConstantValue(1.0) : Evaluate(statement.Step);
        run.IsOpen = to is EngineValue { Path: "math.huge" } or ConstantValue { Content: double.PositiveInfinity };
        if (from is not ConstantValue { Content: double first } || to is not ConstantValue { Content: double last } || step is not ConstantValue { Content: double by } || by == 0)
        {
            foreach (var detector in detectors)
            {
                detector.Bounded(to, Home(statement));
            }

            return Fork([
                () =>
                {
                    Declare(statement.Variable, UnknownValue.Plain.With(((from.Taint | to.Taint) & ~Taints.OfClients) | Taint.Number, from.Trace ?? to.Trace));
                    return Inside(Execute(statement.Body));
                },
                () => Flow.Next,
            ]);
        }

        var rounds = new Rounds(this);
        for (var i = first; by > 0 ? i <= last : i >= last; i += by)
        {
            Declare(statement.Variable, new ConstantValue(i));
            var flow = Execute(statement.Body);
            if (flow is Flow.Break or Flow.Leave)
            {
                return Inside(flow);
            }

            if (!rounds.GoOn(isBounded: true))
            {
                return Flow.Next;
            }
        }

        return Flow.Next;
    }

    private Flow ExecuteGenericFor(LoopRun run, GenericForStatement statement)
    {
        var iterated = Iteration(statement.Iterators);
        run.IsOverPlayers = iterated is EngineValue { Path: "Player" };
        var rounds = new Rounds(this);
        foreach (var values in Sequences.Of(iterated))
        {
            var flow = RunRound(statement, values);
            if (flow is Flow.Break or Flow.Leave)
            {
                return Inside(flow);
            }

            if (!rounds.GoOn(isBounded: true))
            {
                break;
            }
        }

        return Sequences.IsComplete(iterated)
            ? Flow.Next
            : Fork([() => Inside(RunRound(statement, Sequences.Unknown(iterated))), () => Flow.Next]);
    }

    private Flow RunRound(GenericForStatement statement, IReadOnlyList<Value> values)
    {
        steps--;
        for (var i = 0; i < statement.Variables.Count; i++)
        {
            Declare(statement.Variables[i], i < values.Count ? values[i] : ConstantValue.Nil);
        }

        return Execute(statement.Body);
    }

    // What a generic for goes over: for pairs(t) and ipairs(t) it is t.
    private Value Iteration(IReadOnlyList<Expression> iterators)
    {
        if (iterators is [CallExpression call, ..] && call.Arguments.Count > 0)
        {
            var callee = Evaluate(call.Function);
            if (callee is EngineValue { Path: "pairs" or "ipairs" or "next" })
            {
                return Evaluate(call.Arguments[0]);
            }
        }

        var values = EvaluateAll(iterators, int.MaxValue);
        return values is [EngineValue { Path: "next" }, var table, ..] ? table : values.Count > 0 ? values[0] : UnknownValue.Plain;
    }

    /// <summary>Counts a loop's rounds against its share of the budget: half of what is left, so that no loop starves what follows.</summary>
    private struct Rounds(Interpreter interpreter)
    {
        private readonly int least = interpreter.steps / 2;
        private int effects = interpreter.effects;
        private int withEffects;

        public int Count { get; private set; }

        /// <summary>Whether another round is followed. A loop without an end of its own that asks the engine is followed twice.</summary>
        public bool GoOn(bool isBounded)
        {
            Count++;
            interpreter.steps--;
            if (interpreter.effects != effects)
            {
                effects = interpreter.effects;
                withEffects++;
            }

            return interpreter.steps > least && interpreter.HasBudget && withEffects < (isBounded ? MaxRoundsWithEffects : 2);
        }
    }

    /// <summary>What a loop writes from some round on: when all of it is as it was then, the loop never ends.</summary>
    private sealed class StateWatch(Journal? outer)
    {
        public Journal Noted { get; } = new();

        // A table may grow, which its old entries don't tell.
        public bool IsBack() => Noted.Written.Any() && Noted.Written.All(cell => cell.Owner is Activation
            && cell.Read() is ConstantValue now && Noted.Before(cell) is ConstantValue then && Equals(now.Content, then.Content));

        public void Merge()
        {
            foreach (var cell in Noted.Written)
            {
                outer?.Note(cell, Noted.Before(cell));
            }
        }
    }
}
