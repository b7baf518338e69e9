namespace ToolboxAI.Local.ServiceBus;

internal enum SqlTokenKind
{
    /// <summary>A name, perhaps a keyword.</summary>
    Word,

    /// <summary>A name in brackets or double quotes: never a keyword.</summary>
    Quoted,
    Text,
    Number,
    Parameter,
    Symbol,
    End,
}

/// <summary>A piece of a filter or action.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text)
{
    public bool IsWord(string keyword) => Kind == SqlTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == SqlTokenKind.Symbol && Text == symbol;
}

/// <summary>Cuts the text of a filter or action into pieces.</summary>
internal static class SqlTokenizer
{
    private static readonly string[] Symbols = ["<>", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "(", ")", ",", ".", ";"];

    /// <exception cref="FormatException">A character or an end that no filter has.</exception>
    public static List<SqlToken> Cut(string text)
    {
        var tokens = new List<SqlToken>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            tokens.Add(Next(text, ref at));
        }

        tokens.Add(new(SqlTokenKind.End, ""));
        return tokens;
    }

    private static SqlToken Next(string text, ref int at)
    {
        var first = text[at];
        if (first is '\'' or '"' or '[')
        {
            var close = first == '[' ? ']' : first;
            return new(first == '\'' ? SqlTokenKind.Text : SqlTokenKind.Quoted, Enclosed(text, ref at, close));
        }

        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            return new(SqlTokenKind.Number, Number(text, ref at));
        }

        if (first == '@' || IsNameStart(first))
        {
            var from = at++;
            while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at])))
            {
                at++;
            }

            return new(first == '@' ? SqlTokenKind.Parameter : SqlTokenKind.Word, text[from..at]);
        }

        var rest = text.AsSpan(at);
        foreach (var symbol in Symbols)
        {
            if (rest.StartsWith(symbol, StringComparison.Ordinal))
            {
                at += symbol.Length;
                return new(SqlTokenKind.Symbol, symbol == "!=" ? "<>" : symbol);
            }
        }

        throw new FormatException($"A filter cannot have the character '{first}' at position {at}.");
    }

    private static bool IsNameStart(char character) => char.IsLetter(character) || character is '_' or '$' or '#';

    /// <summary>The closing character stands for itself when it is doubled.</summary>
    private static string Enclosed(string text, ref int at, char close)
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != close)
            {
                value.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == close)
            {
                value.Append(close);
                at++;
            }
            else
            {
                at++;
                return value.ToString();
            }
        }

        throw new FormatException($"A filter ends within {close}…{close}.");
    }

    private static string Number(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.' || text[at] is 'e' or 'E'
            || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
        {
            at++;
        }

        return text[from..at];
    }
}
