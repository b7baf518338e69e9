using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What holds when something happens.</summary>
/// <param name="IsProtected">Whether a failure is caught by a pcall around it.</param>
/// <param name="Loop">The innermost loop that is being run, in whichever function it stands.</param>
/// <param name="Guard">The condition under which it happens, when that names a player or asks for a phrase of the script.</param>
/// <param name="Activity">The number of the thread: the script itself, or a callback.</param>
/// <param name="Pauses">How many waits the script made before.</param>
/// <param name="IsThread">Whether it happens in a thread that the script began, so that the rest of the script doesn't wait.</param>
public readonly record struct Moment(bool IsProtected, LoopRun? Loop, Value? Guard, int Activity, int Pauses, bool IsThread);

/// <summary>A call of something of the engine or the language, as it was met when the script was followed.</summary>
/// <param name="Path">What is called, e.g. <c>HttpService:PostAsync</c>, <c>loadstring</c>, <c>string.char</c>.</param>
/// <param name="Receiver">The object, for a method.</param>
/// <param name="Arguments">The arguments, without the receiver.</param>
/// <param name="Node">The call.</param>
/// <param name="Moment">What holds.</param>
public sealed record EngineCall(string Path, EngineValue? Receiver, Value[] Arguments, SyntaxNode Node, Moment Moment)
{
    /// <summary>The method's or function's name.</summary>
    public string Name { get; } = NameOf(Path, Receiver, Node);

    /// <summary>The argument at a place, nil when there are fewer.</summary>
    public Value Argument(int index) => index < Arguments.Length ? Arguments[index] : ConstantValue.Nil;

    // The script's own spelling where there is one, so that no text is made for each call.
    private static string NameOf(string path, EngineValue? receiver, SyntaxNode node)
    {
        var spelled = node switch { MethodCallExpression method => method.Name, CallExpression { Function: MemberExpression member } => member.Name, _ => null };
        if (spelled is { Length: > 0 } && path.Length > spelled.Length && path[^(spelled.Length + 1)] is '.' or ':' && path.EndsWith(spelled, StringComparison.Ordinal) && (receiver is not null || path.Contains('.')))
        {
            return spelled;
        }

        var name = path.AsSpan(path.AsSpan().LastIndexOfAny('.', ':') + 1);
        return name.Length == path.Length || (receiver is null && !path.Contains('.')) ? path : name.ToString();
    }
}

/// <summary>A member of an engine object is assigned.</summary>
/// <param name="Target">The object.</param>
/// <param name="Member">The member's name; <c>?</c> when it is not known.</param>
/// <param name="Key">The member as a value.</param>
/// <param name="Value">What it becomes.</param>
/// <param name="Node">The assigned expression.</param>
/// <param name="Moment">What holds.</param>
public sealed record EngineWrite(EngineValue Target, string Member, Value Key, Value Value, SyntaxNode Node, Moment Moment);

/// <summary>What a detector wants to be told, so that nobody is told for nothing.</summary>
[Flags]
public enum Events
{
    /// <summary>Only that everything was followed.</summary>
    None = 0,

    /// <summary><see cref="Detector.Called"/>.</summary>
    Calls = 1,

    /// <summary><see cref="Detector.Read"/>.</summary>
    Reads = 2,

    /// <summary><see cref="Detector.Written"/> and <see cref="Detector.Kept"/>.</summary>
    Writes = 4,

    /// <summary><see cref="Detector.Guarded"/>, <see cref="Detector.Looped"/>, <see cref="Detector.Recursed"/>, <see cref="Detector.Bounded"/>, <see cref="Detector.Returned"/> and <see cref="Detector.Answered"/>.</summary>
    Flow = 8,
}

/// <summary>What looks on while a script is followed.</summary>
public abstract class Detector
{
    /// <summary>What it wants to be told.</summary>
    public abstract Events Hears { get; }

    /// <summary>The engine or the language is called.</summary>
    public virtual void Called(EngineCall call)
    {
    }

    /// <summary>A member of the engine or a global of the language is read.</summary>
    /// <param name="value">What is read.</param>
    /// <param name="node">Where.</param>
    /// <param name="isHidden">Whether the name was put together instead of written.</param>
    public virtual void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
    }

    /// <summary>A member of an engine object is assigned.</summary>
    public virtual void Written(EngineWrite write)
    {
    }

    /// <summary>A text that was put together is kept in a table.</summary>
    public virtual void Kept(Value text, SyntaxNode node)
    {
    }

    /// <summary>A statement is run only for players named in the script, or for who knows a phrase of it.</summary>
    public virtual void Guarded(Statement statement, Value guard)
    {
    }

    /// <summary>A loop's body was run once, or as often as it does.</summary>
    public virtual void Looped(LoopRun loop)
    {
    }

    /// <summary>A loop's number of rounds is known to depend on a value.</summary>
    public virtual void Bounded(Value bound, SyntaxNode node)
    {
    }

    /// <summary>A function called functions that called it, as deep as calls are followed.</summary>
    public virtual void Recursed(FunctionValue function, SyntaxNode node)
    {
    }

    /// <summary>A function that others may call gave an answer.</summary>
    public virtual void Returned(FunctionValue function, Value answer)
    {
    }

    /// <summary>A callback that the engine asks gave an answer.</summary>
    /// <param name="callback">Its name, e.g. <c>ProcessReceipt</c>.</param>
    /// <param name="answer">The answer, on all ways.</param>
    /// <param name="node">The function.</param>
    public virtual void Answered(string callback, Value answer, SyntaxNode node)
    {
    }

    /// <summary>Everything was followed.</summary>
    public virtual void Finished()
    {
    }
}
