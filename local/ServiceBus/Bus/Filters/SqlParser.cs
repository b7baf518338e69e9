using System.Globalization;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A filter's condition: true, false, or null for unknown, which does not match.</summary>
internal delegate bool? SqlCondition(BusMessage message);

/// <summary>A value of an expression; null when it is absent.</summary>
internal delegate object? SqlOperand(BusMessage message);

/// <summary>
/// Reads the filter language: <c>AND OR NOT</c>, comparisons, <c>IN</c>, <c>LIKE … ESCAPE</c>, <c>IS [NOT] NULL</c>, <c>EXISTS(p)</c>,
/// arithmetic, <c>newid()</c>, <c>property(p)</c>, and <c>@parameters</c>.
/// </summary>
internal sealed partial class SqlParser(string text, IReadOnlyDictionary<string, object> parameters)
{
    private readonly List<SqlToken> tokens = SqlTokenizer.Cut(text);
    private int at;

    private SqlToken Current => tokens[at];

    /// <exception cref="FormatException">The text is no condition.</exception>
    public static SqlCondition Condition(string text, IReadOnlyDictionary<string, object> parameters)
    {
        var parser = new SqlParser(text, parameters);
        var condition = parser.Or();
        parser.Expect(SqlTokenKind.End);
        return condition;
    }

    private SqlCondition Or()
    {
        var left = And();
        while (TakeWord("OR"))
        {
            var (a, b) = (left, And());
            left = message => a(message) is true || b(message) is true ? true : a(message) is null || b(message) is null ? null : false;
        }

        return left;
    }

    private SqlCondition And()
    {
        var left = Not();
        while (TakeWord("AND"))
        {
            var (a, b) = (left, Not());
            left = message => a(message) is false || b(message) is false ? false : a(message) is null || b(message) is null ? null : true;
        }

        return left;
    }

    private SqlCondition Not()
    {
        if (TakeWord("NOT"))
        {
            var inner = Not();
            return message => !inner(message);
        }

        return Predicate();
    }

    private SqlCondition Predicate()
    {
        if (Current.IsWord("EXISTS"))
        {
            at++;
            ExpectSymbol("(");
            var (scope, name) = Property();
            ExpectSymbol(")");
            return message => SqlProperties.Exists(message, scope, name);
        }

        if (TryParenthesised() is { } condition)
        {
            return condition;
        }

        var left = Sum();
        if (TakeWord("IS"))
        {
            var isNot = TakeWord("NOT");
            ExpectWord("NULL");
            return message => left(message) is null != isNot;
        }

        var negated = TakeWord("NOT");
        if (TakeWord("IN"))
        {
            return Negated(In(left), negated);
        }

        if (TakeWord("LIKE"))
        {
            return Negated(Like(left), negated);
        }

        if (Current.Kind == SqlTokenKind.Symbol && Current.Text is "=" or "<>" or "<" or "<=" or ">" or ">=")
        {
            var symbol = tokens[at++].Text;
            var right = Sum();
            return message => SqlValue.Compare(left(message), right(message), symbol);
        }

        return message => left(message) as bool?;
    }

    /// <summary>A parenthesis holds a condition or an operand; which one shows behind it.</summary>
    private SqlCondition? TryParenthesised()
    {
        if (!Current.IsSymbol("("))
        {
            return null;
        }

        var start = at++;
        try
        {
            var inner = Or();
            if (TakeSymbol(")") && !IsOperator(Current))
            {
                return inner;
            }
        }
        catch (FormatException)
        {
            // It holds an operand. What is wrong with that, if anything is, shows when it is read as one.
            at = start;
        }

        at = start;
        return null;
    }

    private static bool IsOperator(SqlToken token) =>
        (token.Kind == SqlTokenKind.Symbol && token.Text is not ")" and not "," and not ";") || token.IsWord("IS") || token.IsWord("IN") || token.IsWord("LIKE");

    private static SqlCondition Negated(SqlCondition condition, bool negated) => negated ? message => !condition(message) : condition;

    private SqlCondition In(SqlOperand left)
    {
        ExpectSymbol("(");
        var options = new List<SqlOperand> { Sum() };
        while (TakeSymbol(","))
        {
            options.Add(Sum());
        }

        ExpectSymbol(")");
        return message => left(message) is { } value ? options.Any(option => SqlValue.Compare(value, option(message), "=") is true) : null;
    }

    private SqlCondition Like(SqlOperand left)
    {
        var pattern = Sum();
        SqlOperand? escape = null;
        if (TakeWord("ESCAPE"))
        {
            escape = Current is { Kind: SqlTokenKind.Text, Text.Length: not 1 }
                ? throw new FormatException($"The escape '{Current.Text}' of a LIKE must be one character.")
                : Sum();
        }

        return message => left(message) is string value && pattern(message) is string like
            ? SqlLike.Matches(value, like, escape?.Invoke(message) is string { Length: 1 } mark ? mark[0] : null)
            : null;
    }

    private SqlOperand Sum()
    {
        var left = Product();
        while (Current.IsSymbol("+") || Current.IsSymbol("-"))
        {
            var symbol = tokens[at++].Text;
            var (a, b) = (left, Product());
            left = message => SqlValue.Calculate(a(message), b(message), symbol);
        }

        return left;
    }

    private SqlOperand Product()
    {
        var left = Unary();
        while (Current.IsSymbol("*") || Current.IsSymbol("/") || Current.IsSymbol("%"))
        {
            var symbol = tokens[at++].Text;
            var (a, b) = (left, Unary());
            left = message => SqlValue.Calculate(a(message), b(message), symbol);
        }

        return left;
    }

    private SqlOperand Unary()
    {
        if (TakeSymbol("-"))
        {
            var inner = Unary();
            return message => SqlValue.Negate(inner(message));
        }

        return TakeSymbol("+") ? Unary() : Primary();
    }

    private SqlOperand Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case SqlTokenKind.Text:
                at++;
                return _ => token.Text;
            case SqlTokenKind.Number:
                at++;
                var number = Number(token.Text);
                return _ => number;
            case SqlTokenKind.Parameter:
                at++;
                var value = parameters.TryGetValue(token.Text, out var given) ? given : throw new FormatException($"The parameter {token.Text} has no value.");
                return _ => value;
            case SqlTokenKind.Symbol when token.Text == "(":
                at++;
                var inner = Sum();
                ExpectSymbol(")");
                return inner;
        }

        if (token.IsWord("TRUE") || token.IsWord("FALSE") || token.IsWord("NULL"))
        {
            at++;
            object? constant = token.IsWord("NULL") ? null : token.IsWord("TRUE");
            return _ => constant;
        }

        return Function() ?? Named();
    }

    private SqlOperand Named()
    {
        var (scope, name) = Property();
        return message => SqlProperties.Get(message, scope, name);
    }

    private SqlOperand? Function()
    {
        if (!tokens[Math.Min(at + 1, tokens.Count - 1)].IsSymbol("("))
        {
            return null;
        }

        if (Current.IsWord("newid"))
        {
            at += 2;
            ExpectSymbol(")");
            return _ => Guid.NewGuid();
        }

        if (Current.IsWord("property") || Current.IsWord("p"))
        {
            at += 2;
            var name = Current.Kind is SqlTokenKind.Word or SqlTokenKind.Quoted && tokens[at + 1].IsSymbol(")") ? Constant(tokens[at++].Text) : Sum();
            ExpectSymbol(")");
            return message => name(message) is string named ? SqlProperties.Get(message, null, named) : null;
        }

        throw new FormatException($"There is no function {Current.Text}.");
    }

    private static SqlOperand Constant(string text) => _ => text;

    private static object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var floating)
            ? floating
            : throw new FormatException($"'{text}' is no number.");
    }
}
