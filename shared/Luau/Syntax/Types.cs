namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>A type annotation, or a list of types where a function returns or takes several.</summary>
public abstract class TypeNode() : SyntaxNode(NodeKind.Type);

/// <summary>Tokens that are no type; an error says why.</summary>
public sealed class ErrorType : TypeNode;

/// <summary><c>T</c>, <c>module.T</c>, <c>T&lt;A, B...&gt;</c></summary>
public sealed class NamedType : TypeNode
{
    /// <summary>The module's local name, if any.</summary>
    public string? Module { get; init; }

    /// <summary>The type's name.</summary>
    public required string Name { get; init; }

    /// <summary>Type arguments.</summary>
    public required SyntaxList<TypeNode> Arguments { get; init; }
}

/// <summary><c>typeof(e)</c>: the expression is checked, never run.</summary>
public sealed class TypeofType : TypeNode
{
    /// <summary>The expression.</summary>
    public required Expression Expression { get; init; }
}

/// <summary>A string or boolean as its own type, or <c>nil</c>.</summary>
public sealed class SingletonType : TypeNode;

/// <summary>A property or indexer of a table type.</summary>
/// <param name="Name">The property's name; nothing for an indexer.</param>
/// <param name="Key">The indexer's key type; nothing for a property.</param>
/// <param name="Value">The value's type.</param>
public sealed record TableTypeField(string? Name, TypeNode? Key, TypeNode Value);

/// <summary><c>{ a: T, [K]: V }</c>, or <c>{ T }</c> for a list.</summary>
public sealed class TableType : TypeNode
{
    /// <summary>Properties and indexers.</summary>
    public required SyntaxList<TableTypeField> Fields { get; init; }
}

/// <summary><c>&lt;T&gt;(a: A, ...B) -> R</c></summary>
public sealed class FunctionType : TypeNode
{
    /// <summary>Type parameters.</summary>
    public required SyntaxList<GenericParameter> Generics { get; init; }

    /// <summary>The parameters' types; a variadic one is last.</summary>
    public required SyntaxList<TypeNode> Parameters { get; init; }

    /// <summary>The result.</summary>
    public required TypeNode Result { get; init; }
}

/// <summary><c>A | B</c>; an optional <c>T?</c> is a union with nil.</summary>
public sealed class UnionType : TypeNode
{
    /// <summary>The alternatives.</summary>
    public required SyntaxList<TypeNode> Members { get; init; }
}

/// <summary><c>A &amp; B</c></summary>
public sealed class IntersectionType : TypeNode
{
    /// <summary>The parts.</summary>
    public required SyntaxList<TypeNode> Members { get; init; }
}

/// <summary><c>(A, B, ...C)</c>: several types in a row, or one in parentheses.</summary>
public sealed class TypePack : TypeNode
{
    /// <summary>The types.</summary>
    public required SyntaxList<TypeNode> Members { get; init; }
}

/// <summary><c>...T</c></summary>
public sealed class VariadicType : TypeNode
{
    /// <summary>The repeated type.</summary>
    public required TypeNode Element { get; init; }
}

/// <summary><c>T...</c></summary>
public sealed class GenericPackType : TypeNode
{
    /// <summary>The pack's name.</summary>
    public required string Name { get; init; }
}

/// <summary>A type parameter: <c>T</c>, <c>T...</c>, each with an optional default.</summary>
public sealed class GenericParameter() : SyntaxNode(NodeKind.GenericParameter)
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it stands for several types.</summary>
    public required bool IsPack { get; init; }

    /// <summary>What it is when not given.</summary>
    public TypeNode? Default { get; init; }
}
