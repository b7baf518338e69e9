using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>
/// Loops that never give way and never end. While a script doesn't give way nothing else runs, so a loop whose rounds change
/// nothing that its end depends on decides the same for ever.
/// </summary>
public sealed class LoopDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private const double Forever = 1e6;

    // What can get hold of a thread that has yielded.
    private static readonly string[] Resumers = ["coroutine.re", "coroutine.w", "coroutine.c", "task.s", "task.d", "spawn", "delay"];

    private static readonly WordSet Deeds = new(
        "accepted", "accept", "agreed", "confirmed", "ready", "done", "finished", "voted", "vote", "chosen", "choice", "answered", "answer", "signed", "clicked", "response", "consent");

    // What a change of place changes too.
    private static readonly HashSet<string> Places = new(StringComparer.Ordinal) { "CFrame", "Position", "Orientation", "Rotation", "WorldPosition", "X", "Y", "Z", "Magnitude" };

    // What decides whether a loop ends; nothing when it leaves on every way.
    private Dictionary<SyntaxNode, SyntaxNode[]?>? ends;
    private List<SyntaxNode>? awaited;
    private CallCircles? circles;
    private HashSet<FunctionBody>? recursed;
    private bool firesOwn;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Flow;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Path is "task.wait" or "wait" && (call.Argument(0) is EngineValue { Path: "math.huge" } || Operators.Number(call.Argument(0)) >= Forever))
        {
            Report(Rules.InfiniteYield, call.Node, "This waits for ever.");
        }

        if (call.Name == "WaitForChild" && call.Argument(1) is EngineValue { Path: "math.huge" })
        {
            Report(Rules.InfiniteYield, call.Node, "This waits for ever when there is no such child.");
        }

        if (call.Name == "WaitForChild" && call.Arguments.Length == 1 && ((call.Argument(0).Taint & Taint.Moving) != Taint.None || IsDeed(call)))
        {
            Report(Rules.InfiniteYield, call.Node, "This waits for ever when nobody makes such a child.");
        }

        if (call is { Path: "coroutine.yield", Arguments: [], Moment.Activity: > 0 } && ClientResumes())
        {
            Report(Rules.InfiniteYield, call.Node, "A client that never answers leaves this waiting for ever.");
        }

        if (call is { Path: "coroutine.yield", Moment.Activity: 0 } && !Resumers.Any(name => Tree.Source.Text.Contains(name, StringComparison.Ordinal)))
        {
            Report(Rules.InfiniteYield, call.Node, "Nothing resumes the script after this.");
        }

        if (call.Name == "InvokeClient" && !(call.Moment.IsThread && Tree.Source.Text.Contains("task.delay", StringComparison.Ordinal)))
        {
            Report(Rules.InfiniteYield, call.Node, "A client that never answers makes this wait for ever.");
        }

        firesOwn |= call is { Name: "Fire", Receiver: not null };
        if (call.Name == "Wait" && call.Receiver?.Path == "new BindableEvent.Event")
        {
            (awaited ??= []).Add(call.Node);
        }
        else if (call is { Name: "Wait", Receiver.Name: "OnServerEvent" or "OnClientEvent" or "Event", Moment.Loop: null })
        {
            Report(Rules.InfiniteYield, call.Node, "This waits for an event that may never come.");
        }
    }

    /// <inheritdoc/>
    public override void Looped(LoopRun loop)
    {
        var isCounting = loop.Node is NumericForStatement or GenericForStatement;
        if (!loop.Yields && !loop.HasEnded && (loop.IsEntered || isCounting) && (loop.IsEndless || !MayEnd(loop, isCounting)))
        {
            var first = Tree.Tokens[loop.Node.First];
            Report(Rules.InfiniteYield, new LuauSpan(first.Start, first.End), "This loop never gives way, and nothing in it makes it end.");
        }
        else if (loop is { HasEnded: false, Node: WhileStatement { Body: var body, Condition: var condition } } && HasWayAround(body, condition))
        {
            var first = Tree.Tokens[loop.Node.First];
            Report(Rules.InfiniteYield, new LuauSpan(first.Start, first.End), "A round that is cut short gives way to nobody, and decides the same again.");
        }
    }

    // What a player must do first, and may never do.
    private static bool IsDeed(EngineCall call) => call.Receiver is { Path: "Player" } && Operators.TextOf(call.Argument(0)) is { } name && Deeds.HasAny(name);

    // A thread that only a client's event resumes, and no clock.
    private bool ClientResumes()
    {
        var text = Tree.Source.Text;
        return text.Contains("OnServerEvent", StringComparison.Ordinal) && text.Contains("coroutine.running", StringComparison.Ordinal)
            && !text.Contains("delay", StringComparison.Ordinal) && !text.Contains("coroutine.create", StringComparison.Ordinal) && !text.Contains("coroutine.wrap", StringComparison.Ordinal);
    }

    // A "continue" before anything waited or changed.
    private static bool HasWayAround(Block body, Expression condition)
    {
        if (SyntaxWalk.Descendants(condition).Any(MayMove))
        {
            return false;
        }

        foreach (var statement in body.Statements)
        {
            if (statement is IfStatement choice && choice.Branches.Any(branch => branch.Body.Statements is [ContinueStatement]))
            {
                return !SyntaxWalk.Descendants(choice.Branches[0].Condition).Any(MayMove);
            }

            if (statement is not LocalStatement || SyntaxWalk.Descendants(statement).Any(MayMove))
            {
                return false;
            }
        }

        return false;
    }

    // Asks of the engine change nothing and wait for nobody.
    private static bool MayMove(SyntaxNode node) => node is CallExpression || (node is MethodCallExpression { Name: var name } && !(name.StartsWith("Get", StringComparison.Ordinal) && !name.EndsWith("Async", StringComparison.Ordinal)) && !name.StartsWith("Is", StringComparison.Ordinal) && !name.StartsWith("FindFirst", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override void Recursed(FunctionValue function, SyntaxNode node)
    {
        if ((recursed ??= []).Add(function.Body) && (circles ??= new(Tree)).CallOf(function.Body) is { } call)
        {
            Report(Rules.InfiniteYield, call, "This leads back here for ever.");
        }
    }

    /// <inheritdoc/>
    public override void Finished()
    {
        foreach (var node in firesOwn ? [] : awaited ?? [])
        {
            Report(Rules.InfiniteYield, node, "This waits for an event that nothing fires.");
        }
    }

    private bool MayEnd(LoopRun loop, bool isCounting)
    {
        if (isCounting && !loop.IsOpen)
        {
            return true;
        }

        // To look at the clock until it is late enough is to give way to nobody.
        var body = Body(loop.Node);
        if (body.Statements.Count == 0)
        {
            return loop.Acts;
        }

        ends ??= new(ReferenceEqualityComparer.Instance);
        if (!ends.TryGetValue(loop.Node, out var asked))
        {
            var exits = Exits(loop.Node);
            var isAsked = exits.Length > 0 || !Leaves(body, isOwn: true);
            ends[loop.Node] = asked = isAsked ? [.. Asked(exits, body)] : null;
        }

        return asked is null || Array.Exists(asked, node => MayChange(node, loop));
    }

    // Whether a part of a condition that ends the loop may come out differently in a later round.
    private static bool MayChange(SyntaxNode asked, LoopRun loop) => asked switch
    {
        NameExpression { Symbol: { } symbol } => (loop.Changes.Contains(symbol) && !StillVariables.IsOnlyRead(symbol, loop, Body(loop.Node))) || (loop.Node is NumericForStatement { Variable: var counter } && counter.Symbol == symbol),
        NameExpression name => loop.Changes.Contains(name.Name),
        MemberExpression member => loop.Acts || (loop.ChangedKeys.Contains(member.Name) && !StillVariables.IsOnlyRead(member.Name, loop, Body(loop.Node))) || loop.ChangedKeys.Contains(LoopRun.AnyKey) || loop.Writes.Select(LastName).Any(written => written == member.Name || (Places.Contains(written) && Places.Contains(member.Name))),
        IndexExpression => loop.Acts || loop.ChangedKeys.Count > 0 || loop.Writes.Count > 0,
        UnaryExpression { Operator: UnaryOperator.Length } => loop.Acts || loop.ChangedKeys.Count > 0,
        CallExpression or MethodCallExpression => loop.Moves || (loop.AsksTime && (loop.Changes.Count > 0 || loop.ChangedKeys.Count > 0)) || loop.Acts || loop.Writes.Any(write => LastName(write) is "Parent" or "Name") || loop.ChangedKeys.Contains(LoopRun.AnyKey) || (loop.CallsOwn && (loop.ChangedKeys.Count > 0 || loop.Changes.Count > 0)),
        VarargExpression => true,
        _ => false,
    };

    private static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static Block Body(SyntaxNode loop) => loop switch
    {
        WhileStatement body => body.Body,
        RepeatStatement body => body.Body,
        NumericForStatement body => body.Body,
        _ => ((GenericForStatement)loop).Body,
    };

    // The conditions that decide whether the loop goes on: its own, and those around a break or return.
    private static Expression[] Exits(SyntaxNode loop) =>
    [
        .. loop switch
        {
            WhileStatement { Condition: var before } => [before],
            RepeatStatement { Condition: var after } => [after],
            _ => (Expression[])[],
        },
        .. SyntaxWalk.Descendants(Body(loop)).OfType<IfStatement>().Where(choice => choice.Branches.Any(branch => Leaves(branch.Body, isOwn: true)) || (choice.Else is { } otherwise && Leaves(otherwise, isOwn: true)))
            .SelectMany(choice => choice.Branches).Select(branch => branch.Condition),
    ];

    // What conditions ask about, also through the variables that the loop's body computes.
    private static HashSet<SyntaxNode> Asked(Expression[] conditions, Block body)
    {
        var asked = new HashSet<SyntaxNode>(conditions.SelectMany(SyntaxWalk.Descendants));
        var symbols = asked.OfType<NameExpression>().Select(name => name.Symbol).OfType<Symbol>().ToHashSet();
        if (symbols.Count == 0)
        {
            return asked;
        }

        var pending = new Queue<Symbol>(symbols);
        var sources = Sources(body).ToLookup(source => source.Symbol, source => source.Value);
        while (pending.TryDequeue(out var symbol))
        {
            foreach (var node in sources[symbol].SelectMany(SyntaxWalk.Descendants))
            {
                asked.Add(node);
                if (node is NameExpression { Symbol: { } other } && symbols.Add(other))
                {
                    pending.Enqueue(other);
                }
            }
        }

        return asked;
    }

    private static IEnumerable<(Symbol Symbol, Expression Value)> Sources(Block body)
    {
        foreach (var node in SyntaxWalk.Descendants(body))
        {
            var (symbols, values) = node switch
            {
                LocalStatement local => (local.Names.Select(name => name.Symbol), local.Values),
                AssignStatement assign => (assign.Targets.Select(target => (target as NameExpression)?.Symbol), assign.Values),
                CompoundAssignStatement { Target: NameExpression target, Value: var value } => ([target.Symbol], [value]),
                _ => ((IEnumerable<Symbol?>)[], (IReadOnlyList<Expression>)[]),
            };
            foreach (var symbol in symbols.OfType<Symbol>())
            {
                foreach (var value in values)
                {
                    yield return (symbol, value);
                }
            }
        }
    }

    // A break of an inner loop doesn't leave this one; a return does, and so does an error.
    private static bool Leaves(SyntaxNode node, bool isOwn) => SyntaxWalk.Children(node).Any(child => child switch
    {
        BreakStatement => isOwn,
        ReturnStatement => true,
        CallExpression { Function: NameExpression { Name: "error" or "assert" } } => true,
        FunctionBody => false,
        WhileStatement or RepeatStatement or NumericForStatement or GenericForStatement => Leaves(child, isOwn: false),
        _ => Leaves(child, isOwn),
    });
}
