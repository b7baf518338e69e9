namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>A piece of a script. It covers the tokens from <see cref="First"/> to <see cref="Last"/>, both included, and so, with their trivia, every byte.</summary>
public abstract class SyntaxNode(NodeKind kind)
{
    /// <summary>What it is: passes over the tree go by this instead of trying one type after the other.</summary>
    public NodeKind Kind { get; } = kind;

    /// <summary>Index of the first token.</summary>
    public required int First { get; init; }

    /// <summary>Index of the last token.</summary>
    public required int Last { get; init; }
}

/// <summary>A name with an optional type: a local, a parameter, a loop variable.</summary>
public sealed class Binding() : SyntaxNode(NodeKind.Binding)
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The annotation after the colon.</summary>
    public TypeNode? Type { get; init; }

    /// <summary>Whether it was declared with <c>const</c>, so that nothing may assign it again.</summary>
    public bool IsConst { get; init; }

    /// <summary>The declaration that the name makes.</summary>
    public Symbol? Symbol { get; internal set; }
}

/// <summary>Statements in order, in a scope of their own.</summary>
public sealed class Block() : SyntaxNode(NodeKind.Block)
{
    /// <summary>The statements.</summary>
    public required SyntaxList<Statement> Statements { get; init; }
}

/// <summary><c>@name</c> or an entry of <c>@[…]</c> before a function.</summary>
public sealed class FunctionAttribute() : SyntaxNode(NodeKind.FunctionAttribute)
{
    /// <summary>The attribute's name, without the at sign.</summary>
    public required string Name { get; init; }

    /// <summary>Literal arguments.</summary>
    public required SyntaxList<Expression> Arguments { get; init; }
}

/// <summary>A function's generics, parameters, return type and body.</summary>
public sealed class FunctionBody() : SyntaxNode(NodeKind.FunctionBody)
{
    /// <summary>Attributes before the function.</summary>
    public required SyntaxList<FunctionAttribute> Attributes { get; init; }

    /// <summary>Type parameters.</summary>
    public required SyntaxList<GenericParameter> Generics { get; init; }

    /// <summary>Named parameters. A method's <c>self</c> is not among them.</summary>
    public required SyntaxList<Binding> Parameters { get; init; }

    /// <summary>Whether <c>...</c> ends the parameters.</summary>
    public required bool IsVariadic { get; init; }

    /// <summary>The type of the variadic parameter.</summary>
    public TypeNode? VariadicType { get; init; }

    /// <summary>The declared result.</summary>
    public TypeNode? ReturnType { get; init; }

    /// <summary>What it does.</summary>
    public required Block Body { get; init; }

    /// <summary>How many names are declared in it, inner functions not counted.</summary>
    public int Locals { get; internal set; }
}

/// <summary>A statement.</summary>
public abstract class Statement(NodeKind kind) : SyntaxNode(kind);

/// <summary>Tokens that are no statement; an error says why.</summary>
public sealed class ErrorStatement() : Statement(NodeKind.ErrorStatement)
{
    /// <summary>What could be understood of it.</summary>
    public required SyntaxList<Expression> Expressions { get; init; }
}

/// <summary><c>local a, b = …</c></summary>
public sealed class LocalStatement() : Statement(NodeKind.LocalStatement)
{
    /// <summary>The new names.</summary>
    public required SyntaxList<Binding> Names { get; init; }

    /// <summary>Their values.</summary>
    public required SyntaxList<Expression> Values { get; init; }
}

/// <summary><c>local function f() … end</c></summary>
public sealed class LocalFunctionStatement() : Statement(NodeKind.LocalFunctionStatement)
{
    /// <summary>The new name.</summary>
    public required Binding Name { get; init; }

    /// <summary>The function.</summary>
    public required FunctionBody Function { get; init; }
}

/// <summary><c>function a.b:c() … end</c></summary>
public sealed class FunctionStatement() : Statement(NodeKind.FunctionStatement)
{
    /// <summary>What is assigned: a name or an index chain.</summary>
    public required Expression Target { get; init; }

    /// <summary>Whether the last part stands after a colon, so that the function has a <c>self</c>.</summary>
    public required bool IsMethod { get; init; }

    /// <summary>The method's <c>self</c>.</summary>
    public Symbol? Self { get; internal set; }

    /// <summary>The function.</summary>
    public required FunctionBody Function { get; init; }
}

/// <summary><c>a, b = …</c></summary>
public sealed class AssignStatement() : Statement(NodeKind.AssignStatement)
{
    /// <summary>What is assigned.</summary>
    public required SyntaxList<Expression> Targets { get; init; }

    /// <summary>The values.</summary>
    public required SyntaxList<Expression> Values { get; init; }
}

/// <summary><c>a += …</c></summary>
public sealed class CompoundAssignStatement() : Statement(NodeKind.CompoundAssignStatement)
{
    /// <summary>What is changed.</summary>
    public required Expression Target { get; init; }

    /// <summary>The binary operator.</summary>
    public required BinaryOperator Operator { get; init; }

    /// <summary>The right operand.</summary>
    public required Expression Value { get; init; }
}

/// <summary>A call for its effect.</summary>
public sealed class CallStatement() : Statement(NodeKind.CallStatement)
{
    /// <summary>The call.</summary>
    public required Expression Call { get; init; }
}

/// <summary><c>do … end</c></summary>
public sealed class DoStatement() : Statement(NodeKind.DoStatement)
{
    /// <summary>The statements.</summary>
    public required Block Body { get; init; }
}

/// <summary><c>while … do … end</c></summary>
public sealed class WhileStatement() : Statement(NodeKind.WhileStatement)
{
    /// <summary>The condition.</summary>
    public required Expression Condition { get; init; }

    /// <summary>The statements.</summary>
    public required Block Body { get; init; }
}

/// <summary><c>repeat … until …</c>; the condition sees the body's locals.</summary>
public sealed class RepeatStatement() : Statement(NodeKind.RepeatStatement)
{
    /// <summary>The statements.</summary>
    public required Block Body { get; init; }

    /// <summary>The condition.</summary>
    public required Expression Condition { get; init; }
}

/// <summary>A condition and what is done when it holds.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Body">The statements.</param>
public readonly record struct IfBranch(Expression Condition, Block Body);

/// <summary><c>if … then … elseif … else … end</c></summary>
public sealed class IfStatement() : Statement(NodeKind.IfStatement)
{
    /// <summary>The first branch and each elseif.</summary>
    public required SyntaxList<IfBranch> Branches { get; init; }

    /// <summary>The else block.</summary>
    public Block? Else { get; init; }
}

/// <summary><c>for i = a, b, c do … end</c></summary>
public sealed class NumericForStatement() : Statement(NodeKind.NumericForStatement)
{
    /// <summary>The counter.</summary>
    public required Binding Variable { get; init; }

    /// <summary>First value.</summary>
    public required Expression From { get; init; }

    /// <summary>Last value.</summary>
    public required Expression To { get; init; }

    /// <summary>Step; one when absent.</summary>
    public Expression? Step { get; init; }

    /// <summary>The statements.</summary>
    public required Block Body { get; init; }
}

/// <summary><c>for k, v in … do … end</c></summary>
public sealed class GenericForStatement() : Statement(NodeKind.GenericForStatement)
{
    /// <summary>The loop's names.</summary>
    public required SyntaxList<Binding> Variables { get; init; }

    /// <summary>The iterator expressions.</summary>
    public required SyntaxList<Expression> Iterators { get; init; }

    /// <summary>The statements.</summary>
    public required Block Body { get; init; }
}

/// <summary><c>return …</c></summary>
public sealed class ReturnStatement() : Statement(NodeKind.ReturnStatement)
{
    /// <summary>The results.</summary>
    public required SyntaxList<Expression> Values { get; init; }
}

/// <summary><c>break</c></summary>
public sealed class BreakStatement() : Statement(NodeKind.BreakStatement);

/// <summary><c>continue</c></summary>
public sealed class ContinueStatement() : Statement(NodeKind.ContinueStatement);

/// <summary><c>type A&lt;T&gt; = …</c></summary>
public sealed class TypeAliasStatement() : Statement(NodeKind.TypeAliasStatement)
{
    /// <summary>The type's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether other scripts see it.</summary>
    public required bool IsExported { get; init; }

    /// <summary>Type parameters.</summary>
    public required SyntaxList<GenericParameter> Generics { get; init; }

    /// <summary>What it stands for.</summary>
    public required TypeNode Type { get; init; }
}

/// <summary><c>type function f() … end</c>: code that runs in the type checker, never in the game.</summary>
public sealed class TypeFunctionStatement() : Statement(NodeKind.TypeFunctionStatement)
{
    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether other scripts see it.</summary>
    public required bool IsExported { get; init; }

    /// <summary>The function.</summary>
    public required FunctionBody Function { get; init; }
}
