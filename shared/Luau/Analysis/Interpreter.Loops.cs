using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// A loop goes on as long as it is known to, its own share of the budget lasts, and its rounds do something new. Otherwise its body
// is followed once with what is known, which is enough to see what it does.
public sealed partial class Interpreter
{
    // Rounds of a loop that acts on the engine: all alike, or showing texts, or each fetching another address or asset.
    private const int MaxRoundsAlike = 3;
    private const int MaxRoundsWithTexts = 8;
    private const int MaxRoundsWithFetches = 16;

    // Rounds of a loop that puts nothing together.
    private const int MaxIdleRounds = 20;

    // Loops that are followed again when all callbacks have run.
    private const int MaxWaiting = 16;

    // From this round on a loop's state is compared with what it was.
    private const int FirstComparedRound = 64;

    // After so many rounds its state would have come back.
    private const int MaxPeriod = 16;

    private Flow ExecuteLoop(Statement statement)
    {
        var run = loop = new(loop, statement, frame);
        var flow = statement switch
        {
            WhileStatement body => Repeat(run, body.Body, before: body.Condition, after: null),
            RepeatStatement body => Repeat(run, body.Body, before: null, after: body.Condition),
            NumericForStatement body => ExecuteNumericFor(run, body),
            GenericForStatement body => ExecuteGenericFor(body),
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
            foreach (var detector in onFlow)
            {
                detector.Looped(run);
            }
        }

        return flow;
    }

    private Flow Repeat(LoopRun run, Block body, Expression? before, Expression? after)
    {
        var isWatched = false;
        var end = Follow(run, body, before, after, ref isWatched);
        if (isWatched)
        {
            journal.Keep();
        }

        return end;
    }

    private Flow Follow(LoopRun run, Block body, Expression? before, Expression? after, ref bool isWatched)
    {
        var rounds = new Rounds(this);
        var begin = MakesTexts ? FirstComparedRound : 1;
        while (true)
        {
            var condition = before is null ? ConstantValue.True : Evaluate(before);
            if (Truth(condition) is not { } goesOn)
            {
                run.IsEntered = true;
                return Perhaps(condition, before!, body);
            }

            if (!goesOn)
            {
                run.HasEnded = true;
                return Flow.Next;
            }

            if (rounds.Count == begin)
            {
                // Nothing after a loop that can't be left is reached.
                if (after is null && before is BooleanExpression && !SyntaxWalk.Descendants(body).Any(node => node is BreakStatement or ReturnStatement))
                {
                    return Flow.Next;
                }

                isWatched = true;
                journal.Begin();
            }

            run.IsEntered = true;
            var flow = Execute(body);
            if (flow is Flow.Break or Flow.Leave)
            {
                run.HasEnded = true;
                return Inside(flow);
            }

            if (after is not null && Truth(Evaluate(after)) is var isLast and not false)
            {
                run.HasEnded = isLast == true;
                return isLast is null && rounds.Count == 0 && HasBudget ? Again(body) : Flow.Next;
            }

            if (isWatched && rounds.Count < begin + MaxPeriod && IsBack())
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

    // One round, if any.
    private Flow Perhaps(Value condition, Expression asked, Block body)
    {
        var before = guard;
        BeginWay(condition, asked, holds: true);
        var flow = Inside(Execute(body));
        guard = before;
        JoinWay(journal.Undo(), flow == Flow.Next);
        return Flow.Next;
    }

    // Perhaps a second round, in which the loop may do what it didn't in the first.
    private Flow Again(Block body)
    {
        journal.Begin();
        Execute(body);
        JoinWay(journal.Undo());
        return Flow.Next;
    }

    // Whether all that a loop writes is as it was some rounds ago: then it never ends. A table may grow, which its old entries don't tell.
    private bool IsBack()
    {
        var written = journal.Written();
        foreach (var change in written)
        {
            if (change.Cell.Owner is not Activation || change.After is not ConstantValue now || change.Before is not ConstantValue then || !Equals(now.Content, then.Content))
            {
                return false;
            }
        }

        return written.Length > 0;
    }

    // What a loop's body leaves, seen from outside of the loop.
    private static Flow Inside(Flow flow) => flow is Flow.Break or Flow.Continue ? Flow.Next : flow;

    private Flow ExecuteNumericFor(LoopRun run, NumericForStatement statement)
    {
        var from = Evaluate(statement.From);
        var to = Evaluate(statement.To);
        var step = statement.Step is null ? ConstantValue.Of(1.0) : Evaluate(statement.Step);
        run.IsOpen = to is EngineValue { Path: "math.huge" } or ConstantValue { Content: double.PositiveInfinity };
        if (from is not ConstantValue { Content: double first } || to is not ConstantValue { Content: double last } || step is not ConstantValue { Content: double by } || by == 0)
        {
            foreach (var detector in onFlow)
            {
                detector.Bounded(to, Home(statement));
            }

            journal.Begin();
            Declare(statement.Variable, UnknownValue.Plain.With(((from.Taint | to.Taint) & ~Taints.OfClients) | Taint.Number, from.Trace ?? to.Trace));
            var end = Inside(Execute(statement.Body));
            JoinWay(journal.Undo(), end == Flow.Next);
            return Flow.Next;
        }

        var rounds = new Rounds(this);
        for (var i = first; by > 0 ? i <= last : i >= last; i += by)
        {
            Declare(statement.Variable, ConstantValue.Of(i));
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

    private Flow ExecuteGenericFor(GenericForStatement statement)
    {
        // What is gone over is asked for once, before the first round.
        var run = loop!;
        loop = run.Outer;
        var iterated = Sequences.NotNil(Iteration(statement.Iterators));
        loop = run;
        var rounds = new Rounds(this);
        var before = closed;
        Value[]? kept = null;
        foreach (var values in Sequences.Of(iterated))
        {
            var flow = RunRound(statement, values);
            if (flow is Flow.Break or Flow.Leave)
            {
                return Inside(flow);
            }

            kept = closed == before ? null : kept is null ? values : [.. kept.Zip(values, Join.Of)];
            if (!rounds.GoOn(isBounded: true))
            {
                break;
            }
        }

        // A function keeps the variables of its own round, and there is one frame for all: any of them, then.
        for (var i = 0; kept is not null && i < Math.Min(kept.Length, statement.Variables.Count); i++)
        {
            Declare(statement.Variables[i], kept[i]);
        }

        if (!Sequences.IsComplete(iterated))
        {
            journal.Begin();
            var values = iterated is FunctionValue next ? Invoke(next, Handlers.GuessedArguments(next), statement) : Sequences.Unknown(iterated);
            var flow = Inside(RunRound(statement, values));
            JoinWay(journal.Undo(), flow == Flow.Next);
        }

        return Flow.Next;
    }

    private Flow RunRound(GenericForStatement statement, Results values)
    {
        steps--;
        for (var i = 0; i < statement.Variables.Count; i++)
        {
            Declare(statement.Variables[i], values.At(i));
        }

        return Execute(statement.Body);
    }

    // What a generic for goes over: for pairs(t) and ipairs(t) it is t.
    private Value Iteration(SyntaxList<Expression> iterators)
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
        return values is [EngineValue { Path: "next" }, var table, ..] ? table : values.Length > 0 ? values[0] : UnknownValue.Plain;
    }

    /// <summary>Counts a loop's rounds against its share of the budget: half of what is left, so that no loop starves what follows.</summary>
    private struct Rounds(Interpreter interpreter)
    {
        private readonly int least = interpreter.steps / 2;
        private int effects = interpreter.effects;
        private int texts = interpreter.texts;
        private int fetches = interpreter.fetches;
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

            var most = !isBounded ? 2 : interpreter.fetches != fetches ? MaxRoundsWithFetches : interpreter.texts != texts ? MaxRoundsWithTexts : MaxRoundsAlike;
            return interpreter.steps > least && interpreter.HasBudget && withEffects < most && (Count < MaxIdleRounds || interpreter.MakesTexts);
        }
    }
}
