namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Operators with two operands.</summary>
public enum BinaryOperator : byte
{
    Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power, Concat,
    Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, And, Or,
}

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator : byte
{
    Negate, Not, Length,
}

/// <summary>An expression.</summary>
public abstract class Expression(NodeKind kind) : SyntaxNode(kind);

/// <summary>Tokens that are no expression; an error says why.</summary>
public sealed class ErrorExpression() : Expression(NodeKind.ErrorExpression);

/// <summary><c>nil</c></summary>
public sealed class NilExpression() : Expression(NodeKind.NilExpression);

/// <summary><c>true</c> or <c>false</c></summary>
public sealed class BooleanExpression() : Expression(NodeKind.BooleanExpression)
{
    /// <summary>The value.</summary>
    public required bool Value { get; init; }
}

/// <summary>A numeric literal.</summary>
public sealed class NumberExpression() : Expression(NodeKind.NumberExpression)
{
    /// <summary>The value; NaN when the literal is malformed.</summary>
    public required double Value { get; init; }

    /// <summary>Its number among the script's literals, from 0.</summary>
    public required int Literal { get; init; }
}

/// <summary>A string literal of any kind.</summary>
public sealed class StringExpression() : Expression(NodeKind.StringExpression)
{
    /// <summary>The bytes it stands for, one character each.</summary>
    public required string Value { get; init; }

    /// <summary>Its number among the script's literals, from 0.</summary>
    public required int Literal { get; init; }
}

/// <summary>A string with holes.</summary>
public sealed class InterpolatedStringExpression() : Expression(NodeKind.InterpolatedStringExpression)
{
    /// <summary>The texts around the holes: one more than there are holes.</summary>
    public required SyntaxList<string> Texts { get; init; }

    /// <summary>The expressions in the holes.</summary>
    public required SyntaxList<Expression> Holes { get; init; }
}

/// <summary><c>...</c></summary>
public sealed class VarargExpression() : Expression(NodeKind.VarargExpression);

/// <summary>A function literal.</summary>
public sealed class FunctionExpression() : Expression(NodeKind.FunctionExpression)
{
    /// <summary>The function.</summary>
    public required FunctionBody Function { get; init; }
}

/// <summary>A local, an upvalue or a global.</summary>
public sealed class NameExpression() : Expression(NodeKind.NameExpression)
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The declaration that it names; nothing for a global.</summary>
    public Symbol? Symbol { get; internal set; }
}

/// <summary><c>a.b</c></summary>
public sealed class MemberExpression() : Expression(NodeKind.MemberExpression)
{
    /// <summary>What is indexed.</summary>
    public required Expression Object { get; init; }

    /// <summary>The member's name.</summary>
    public required string Name { get; init; }

    /// <summary>Index of the name's token.</summary>
    public required int NameToken { get; init; }
}

/// <summary><c>a[b]</c></summary>
public sealed class IndexExpression() : Expression(NodeKind.IndexExpression)
{
    /// <summary>What is indexed.</summary>
    public required Expression Object { get; init; }

    /// <summary>The key.</summary>
    public required Expression Key { get; init; }
}

/// <summary><c>f(…)</c>, <c>f"…"</c>, <c>f{…}</c></summary>
public sealed class CallExpression() : Expression(NodeKind.CallExpression)
{
    /// <summary>What is called.</summary>
    public required Expression Function { get; init; }

    /// <summary>The arguments.</summary>
    public required SyntaxList<Expression> Arguments { get; init; }
}

/// <summary><c>a:b(…)</c></summary>
public sealed class MethodCallExpression() : Expression(NodeKind.MethodCallExpression)
{
    /// <summary>The receiver.</summary>
    public required Expression Object { get; init; }

    /// <summary>The method's name.</summary>
    public required string Name { get; init; }

    /// <summary>Index of the name's token.</summary>
    public required int NameToken { get; init; }

    /// <summary>The arguments, without the receiver.</summary>
    public required SyntaxList<Expression> Arguments { get; init; }
}

/// <summary><c>f&lt;&lt;T&gt;&gt;</c>: explicit type arguments. They mean nothing when the script runs.</summary>
public sealed class InstantiateExpression() : Expression(NodeKind.InstantiateExpression)
{
    /// <summary>The generic function.</summary>
    public required Expression Function { get; init; }

    /// <summary>The type arguments.</summary>
    public required SyntaxList<TypeNode> Types { get; init; }
}

/// <summary>An entry of a table: <c>[k] = v</c>, <c>name = v</c> (its key is then a string) or <c>v</c> alone.</summary>
/// <param name="Key">The key; nothing for a list entry.</param>
/// <param name="Value">The value.</param>
public readonly record struct TableField(Expression? Key, Expression Value);

/// <summary><c>{ … }</c></summary>
public sealed class TableExpression() : Expression(NodeKind.TableExpression)
{
    /// <summary>The entries in order.</summary>
    public required SyntaxList<TableField> Fields { get; init; }
}

/// <summary>An operator before its operand.</summary>
public sealed class UnaryExpression() : Expression(NodeKind.UnaryExpression)
{
    /// <summary>The operator.</summary>
    public required UnaryOperator Operator { get; init; }

    /// <summary>The operand.</summary>
    public required Expression Operand { get; init; }
}

/// <summary>An operator between its operands.</summary>
public sealed class BinaryExpression() : Expression(NodeKind.BinaryExpression)
{
    /// <summary>The operator.</summary>
    public required BinaryOperator Operator { get; init; }

    /// <summary>The left operand.</summary>
    public required Expression Left { get; init; }

    /// <summary>The right operand.</summary>
    public required Expression Right { get; init; }
}

/// <summary><c>if a then b elseif c then d else e</c></summary>
public sealed class IfExpression() : Expression(NodeKind.IfExpression)
{
    /// <summary>The condition.</summary>
    public required Expression Condition { get; init; }

    /// <summary>The value when it holds.</summary>
    public required Expression Then { get; init; }

    /// <summary>The value when it does not; an elseif is a nested if.</summary>
    public required Expression Else { get; init; }
}

/// <summary><c>(e)</c>: also cuts a list of results to one.</summary>
public sealed class ParenthesizedExpression() : Expression(NodeKind.ParenthesizedExpression)
{
    /// <summary>What stands inside.</summary>
    public required Expression Inner { get; init; }
}

/// <summary><c>e :: T</c></summary>
public sealed class TypeAssertionExpression() : Expression(NodeKind.TypeAssertionExpression)
{
    /// <summary>The value.</summary>
    public required Expression Value { get; init; }

    /// <summary>The claimed type.</summary>
    public required TypeNode Type { get; init; }
}
