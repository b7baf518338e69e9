using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A call of something of the engine or the language, as it was met when the script was followed.</summary>
/// <param name="Path">What is called, e.g. <c>HttpService:PostAsync</c>, <c>loadstring</c>, <c>string.char</c>.</param>
/// <param name="Receiver">The object, for a method.</param>
/// <param name="Arguments">The arguments, without the receiver.</param>
/// <param name="Node">The call.</param>
/// <param name="IsHidden">Whether the name of what is called was put together instead of written.</param>
/// <param name="IsProtected">Whether a failure is caught by a pcall around it.</param>
public sealed record EngineCall(string Path, EngineValue? Receiver, IReadOnlyList<Value> Arguments, SyntaxNode Node, bool IsHidden, bool IsProtected)
{
    /// <summary>The method's or function's name.</summary>
    public string Name => Path[(Path.AsSpan().LastIndexOfAny('.', ':') + 1)..];

    /// <summary>The argument at a place, nil when there are fewer.</summary>
    public Value Argument(int index) => index < Arguments.Count ? Arguments[index] : ConstantValue.Nil;
}

/// <summary>What looks on while a script is followed.</summary>
public abstract class Detector
{
    /// <summary>The engine or the language is called.</summary>
    public virtual void Called(EngineCall call)
    {
    }

    /// <summary>A member of the engine or a global of the language is read.</summary>
    public virtual void Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
    }

    /// <summary>A member of an engine object is assigned.</summary>
    public virtual void Written(EngineValue target, string member, Value value, SyntaxNode node)
    {
    }
}
