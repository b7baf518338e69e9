using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// What runs when: the script, what it handed to the engine, and threads of its own.
public sealed partial class Interpreter
{
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
                var answer = Invoke(function, Handlers.GuessedArguments(function), function.Body).First;
                foreach (var detector in onFlow)
                {
                    detector.Returned(function, answer);
                }

                RunHandlers();
            }
        }

        if (!hasNews)
        {
            return;
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

        hasNews = true;
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
            hasClients |= Array.Exists(handler.Arguments, argument => (argument.Taint & Taint.Client) != Taint.None);
            journal.Begin();
            var answer = Invoke(handler.Function, handler.Arguments, handler.Node).First;
            JoinWay(journal.Undo());
            (loop, guard) = (null, null);
            if (handler.Callback is { } callback)
            {
                foreach (var detector in onFlow)
                {
                    detector.Answered(callback, answer, handler.Function.Unit == home ? handler.Function.Body : handler.Node);
                }
            }
        }

        isRunningHandlers = false;
    }

    private void Defer(Handler handler)
    {
        if (isReplay)
        {
            return;
        }

        var same = 0;
        foreach (var known in handlers)
        {
            same += known.Function.Body == handler.Function.Body ? 1 : 0;
        }

        if (same < MaxAbstractCalls)
        {
            handlers.Add(handler with { Guard = guard, Node = Home(handler.Node) });
        }
    }

    /// <summary>The node that a detector is told: in another script of the package, the call that leads there.</summary>
    private SyntaxNode Home(SyntaxNode node) => site ?? node;

    // A thread of its own. What it does after it waited, those who began it don't see at once.
    private Results Spawn(Value started, Value[] arguments, SyntaxNode node, bool isThread)
    {
        var (protectedBefore, guardBefore, spawnerBefore, pausesBefore) = (protections, guard, spawner, yieldsAtSpawn);
        (protections, spawner, yieldsAtSpawn) = (0, isThread ? loop : spawner, yields);
        journal.Begin();
        begun += isThread ? 1 : 0;
        var given = CallValue(started, arguments, node);
        begun -= isThread ? 1 : 0;
        var isLater = isThread && yields != yieldsAtSpawn;
        (protections, guard, spawner, yieldsAtSpawn) = (protectedBefore, guardBefore, spawnerBefore, pausesBefore);
        if (isLater)
        {
            JoinWay(journal.Undo());
        }
        else
        {
            journal.Keep();
        }

        return given;
    }
}
