using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>How much a condition says of a value that a client sent.</summary>
internal enum Proof
{
    /// <summary>That it is there: of somebody who was looked up that is one thing, of a value nothing.</summary>
    Presence,

    /// <summary>One thing, e.g. how long it is: two of them are enough.</summary>
    Half,

    /// <summary>One thing, namely that it is a number, or an object: no text at least.</summary>
    Kind,

    /// <summary>That it is a text; which text is still the client's choice.</summary>
    Text,

    /// <summary>Enough: it is one of what is allowed, or within bounds.</summary>
    Whole,
}

/// <summary>What is known when a condition is read.</summary>
/// <param name="Defined">What variables say of others, when they are true.</param>
/// <param name="Own">The body of the function that is called, when that is one of the script's own.</param>
internal readonly record struct Known(Dictionary<Symbol, List<Check>>? Defined, Func<Expression, FunctionBody?>? Own);

/// <summary>What a condition says of a variable, or of an entry of the table in it.</summary>
internal readonly record struct Check(Symbol Symbol, Proof Proof, Expression? Key = null);

/// <summary>
/// What a condition checks: a type, an equality, bounds, or a place in a table of what is allowed. That a value is merely present
/// is no check, and neither is that it equals itself.
/// </summary>
internal static class Validation
{
    /// <summary>Whether a condition asks a function for all variadic arguments.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="holds">Which way.</param>
    /// <param name="answers">The variables that hold what such a function answered.</param>
    public static bool IsOfVarargs(Expression condition, bool holds, HashSet<Symbol>? answers = null) => condition switch
    {
        ParenthesizedExpression inner => IsOfVarargs(inner.Inner, holds, answers),
        UnaryExpression { Operator: UnaryOperator.Not } not => IsOfVarargs(not.Operand, !holds, answers),
        BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical => IsOfVarargs(logical.Left, holds, answers) || IsOfVarargs(logical.Right, holds, answers),
        NameExpression { Symbol: { } symbol } => holds && answers is not null && answers.Contains(symbol),
        CallExpression call => holds && !IsConversion(call.Function) && call.Arguments.Any(argument => argument is VarargExpression),
        MethodCallExpression call => holds && call.Arguments.Any(argument => argument is VarargExpression),
        _ => false,
    };

    /// <summary>A value once it was checked.</summary>
    public static Value Checked(Value value, Proof proof)
    {
        if ((value.Taint & Taints.OfClients) == Taint.None || (proof == Proof.Presence && value is not EngineValue { Path: "Player" }))
        {
            return value;
        }

        var isHalf = proof is Proof.Half or Proof.Kind or Proof.Presence && (value.Taint & (Taint.HalfChecked | Taint.Client)) == Taint.Client;
        var kept = value.Taint & ~(Taint.Client | Taint.HalfChecked | (proof is Proof.Kind or Proof.Whole ? Taint.ClientText : Taint.None));
        return value.Retaint(kept | (isHalf ? Taint.Client | Taint.HalfChecked : proof == Proof.Text ? Taint.ClientText : Taint.None));
    }

    /// <summary>Adds what a condition says of variables on the way where it holds, or where it doesn't.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="holds">Which way.</param>
    /// <param name="found">Where it is added.</param>
    /// <param name="known">What variables say of others, and the script's own functions.</param>
    public static void Collect(Expression condition, bool holds, List<Check> found, Known known)
    {
        switch (condition)
        {
            case ParenthesizedExpression inner:
                Collect(inner.Inner, holds, found, known);
                break;
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                Collect(not.Operand, !holds, found, known);
                break;
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                Collect(logical.Left, holds, found, known);
                Collect(logical.Right, holds, found, known);
                break;
            case BinaryExpression comparison:
                Compare(comparison, holds, found, known);
                break;
            case NameExpression { Symbol: { } symbol } when holds:
                found.AddRange(known.Defined?.GetValueOrDefault(symbol) ?? []);
                found.Add(new(symbol, Proof.Presence));
                break;
            case IndexExpression index when holds:
                Add(index.Key, Proof.Whole, found);
                break;
            case CallExpression call when holds && !IsConversion(call.Function):
                AddAsked(call.Arguments, known.Own?.Invoke(call.Function), found);
                break;
            case MethodCallExpression call when holds:
                Add(call.Object, call.Name switch { "IsDescendantOf" => Proof.Whole, "IsA" => Proof.Half, _ => null }, found);
                AddAsked(call.Arguments, known.Own?.Invoke(call), found);
                break;
        }
    }

    // What a function says of its arguments: one of the script's own what its body compares, any other enough.
    private static void AddAsked(SyntaxList<Expression> arguments, FunctionBody? own, List<Check> found)
    {
        var said = own is null ? null : Said(own);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (said is null)
            {
                Add(arguments[i], Proof.Whole, found);
                continue;
            }

            foreach (var check in i < own!.Parameters.Count ? said : [])
            {
                if (check.Symbol == own.Parameters[i].Symbol)
                {
                    Add(arguments[i], check.Key is null ? check.Proof : Proof.Half, found);
                }
            }
        }
    }

    // What holds of a function's parameters when its answer does; nothing when it does more than to compare.
    private static List<Check>? Said(FunctionBody function)
    {
        var found = new List<Check>();
        foreach (var statement in function.Body.Statements)
        {
            switch (statement)
            {
                case IfStatement { Branches: [var refusal], Else: null } when refusal.Body.Statements is [ReturnStatement { Values: [] or [BooleanExpression { Value: false } or NilExpression, ..] }]:
                    Collect(refusal.Condition, holds: false, found, default);
                    break;
                case ReturnStatement { Values: [BooleanExpression { Value: true }, ..] }:
                    return found;
                case ReturnStatement { Values: [var answer, ..] }:
                    Collect(answer, holds: true, found, default);
                    return found;
                default:
                    return null;
            }
        }

        return null;
    }

    private static void Compare(BinaryExpression comparison, bool holds, List<Check> found, Known known)
    {
        var isEquality = comparison.Operator is BinaryOperator.Equal or BinaryOperator.NotEqual;
        var isEqual = holds == (comparison.Operator == BinaryOperator.Equal);
        if (comparison.Left is NilExpression || comparison.Right is NilExpression)
        {
            Collect(comparison.Left is NilExpression ? comparison.Right : comparison.Left, !isEqual, found, known);
        }
        else if (TypeTest(comparison) is var (tested, type) && tested is not null)
        {
            Add(isEqual ? tested : null, type is "string" ? Proof.Text : type is "boolean" or "Color3" or "BrickColor" or "EnumItem" ? Proof.Whole : Proof.Kind, found);
        }
        else if (!isEquality)
        {
            AddCompared(comparison.Left, comparison.Right, found);
            AddCompared(comparison.Right, comparison.Left, found);
        }
        else if (isEqual)
        {
            Add(comparison.Left, IsLiteral(comparison.Right) ? Proof.Whole : Proof.Half, found);
            Add(comparison.Right, IsLiteral(comparison.Left) ? Proof.Whole : Proof.Half, found);
        }
    }

    // A bound that stands in the script is worth more than one that is computed; a part's or a length's bound says less of the whole.
    private static void AddCompared(Expression side, Expression bound, List<Check> found)
    {
        var isDistance = side is not (NameExpression or NumberExpression or StringExpression) && SyntaxWalk.Descendants(side).Any(node => node is MemberExpression { Name: "Magnitude" });
        Add(side, isDistance || (IsLiteral(bound) && side is NameExpression or ParenthesizedExpression or BinaryExpression or CallExpression) ? Proof.Whole : Proof.Half, found);
    }

    private static (Expression? Tested, string? Type) TypeTest(BinaryExpression comparison) => (comparison.Left, comparison.Right) switch
    {
        (CallExpression { Function: NameExpression { Name: "type" or "typeof" }, Arguments: [var tested, ..] }, StringExpression type) => (tested, type.Value),
        (StringExpression type, CallExpression { Function: NameExpression { Name: "type" or "typeof" }, Arguments: [var tested, ..] }) => (tested, type.Value),
        _ => (null, null),
    };

    private static bool IsLiteral(Expression expression) => expression switch
    {
        NumberExpression or StringExpression or BooleanExpression => true,
        UnaryExpression { Operator: UnaryOperator.Negate } negated => IsLiteral(negated.Operand),
        MemberExpression { Object: MemberExpression { Object: NameExpression { Name: "Enum" } } } => true,
        NameExpression { Name: var name } => name.Length > 1 && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'),
        _ => false,
    };

    // Makes another kind of value, and fails on none that matters.
    private static bool IsConversion(Expression function) => function switch
    {
        NameExpression { Name: "tonumber" or "tostring" or "pcall" or "xpcall" or "select" or "type" or "typeof" or "loadstring" or "require" } => true,
        MemberExpression { Object: NameExpression { Name: "math" or "string" or "utf8" or "CFrame" or "Vector3" } } => true,
        _ => false,
    };

    private static void Add(Expression? expression, Proof? proof, List<Check> found)
    {
        if (proof is not { } known)
        {
            return;
        }

        switch (expression)
        {
            case NameExpression { Symbol: { } symbol }:
                found.Add(new(symbol, known));
                break;
            case ParenthesizedExpression inner:
                Add(inner.Inner, known, found);
                break;
            case TypeAssertionExpression assertion:
                Add(assertion.Value, known, found);
                break;
            case MemberExpression member:
                Add(member.Object, member.Name is "Magnitude" or "Position" ? known : Proof.Half, found);
                break;
            case IndexExpression { Object: NameExpression { Symbol: { } table } } index:
                found.Add(new(table, known, index.Key));
                Add(index.Key, known, found);
                break;
            case IndexExpression index:
                Add(index.Object, Proof.Half, found);
                Add(index.Key, known, found);
                break;
            case CallExpression call:
                // How long a text is says little of the text.
                var said = call.Function is MemberExpression { Name: "len" } ? Proof.Half : known;
                foreach (var argument in call.Arguments)
                {
                    Add(argument, said, found);
                }

                break;
            case MethodCallExpression call:
                Add(call.Object, call.Name == "len" ? Proof.Half : known, found);
                break;
            case UnaryExpression { Operator: UnaryOperator.Length } length:
                Add(length.Operand, Proof.Half, found);
                break;
            case UnaryExpression unary:
                Add(unary.Operand, known, found);
                break;
            case BinaryExpression { Operator: not BinaryOperator.Modulo } binary:
                Add(binary.Left, known, found);
                Add(binary.Right, known, found);
                break;
        }
    }
}
