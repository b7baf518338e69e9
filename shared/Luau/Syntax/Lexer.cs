using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Cuts a script into tokens. Never fails: what it does not know becomes an <see cref="TokenKind.Error"/> token with an error.</summary>
public sealed partial class Lexer
{
    private static readonly FrozenDictionary<string, TokenKind> Keywords = new Dictionary<string, TokenKind>
    {
        ["and"] = TokenKind.And,
        ["break"] = TokenKind.Break,
        ["do"] = TokenKind.Do,
        ["else"] = TokenKind.Else,
        ["elseif"] = TokenKind.ElseIf,
        ["end"] = TokenKind.EndKeyword,
        ["false"] = TokenKind.False,
        ["for"] = TokenKind.For,
        ["function"] = TokenKind.Function,
        ["if"] = TokenKind.If,
        ["in"] = TokenKind.In,
        ["local"] = TokenKind.Local,
        ["nil"] = TokenKind.Nil,
        ["not"] = TokenKind.Not,
        ["or"] = TokenKind.Or,
        ["repeat"] = TokenKind.Repeat,
        ["return"] = TokenKind.Return,
        ["then"] = TokenKind.Then,
        ["true"] = TokenKind.True,
        ["until"] = TokenKind.Until,
        ["while"] = TokenKind.While,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> KeywordLookup =
        Keywords.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string text;
    private Token[] tokens;
    private int count;
    private readonly List<LuauError> errors;

    // For each open brace, whether its closing brace goes on with an interpolated string.
    private readonly Stack<bool> braces = new();
    private int at;

    private Lexer(string text, List<LuauError> errors)
    {
        this.text = text;
        this.errors = errors;
        tokens = new Token[text.Length / 4 + 4];
    }

    /// <summary>All tokens of a script, the last one being <see cref="TokenKind.End"/>. Errors are added to <paramref name="errors"/>.</summary>
    public static ArraySegment<Token> Tokenize(LuauSource source, List<LuauError> errors)
    {
        var lexer = new Lexer(source.Text, errors);
        lexer.Run();
        return new(lexer.tokens, 0, lexer.count);
    }

    private void Run()
    {
        while (true)
        {
            SkipTrivia();
            if (at >= text.Length)
            {
                Add(new(TokenKind.End, at, at));
                return;
            }

            var start = at;
            Add(new(Next(), start, at));
        }
    }

    private void Add(Token token)
    {
        if (count == tokens.Length)
        {
            Array.Resize(ref tokens, count * 2);
        }

        tokens[count++] = token;
    }

    private void SkipTrivia()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n' or '\v' or '\f')
            {
                at++;
            }
            else if (text[at] == '-' && Peek(1) == '-')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        var start = at;
        at += 2;
        if (Peek(0) == '[' && LongBracketLevel(at) is >= 0 and var level)
        {
            if (!SkipLong(level))
            {
                errors.Add(new(new(start, at), "Unfinished comment: its closing bracket is missing."));
            }

            return;
        }

        var end = text.IndexOf('\n', at);
        at = end < 0 ? text.Length : end;
    }

    private TokenKind Next()
    {
        var c = text[at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            return ReadName();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return ReadNumber();
        }

        return c switch
        {
            '"' or '\'' => ReadQuoted(c),
            '`' => ReadInterpolated(TokenKind.InterpolatedWhole, TokenKind.InterpolatedBegin),
            '[' when LongBracketLevel(at) is >= 0 and var level => ReadLongString(level),
            '{' => OpenBrace(),
            '}' => CloseBrace(),
            _ => ReadSymbol(c),
        };
    }

    private TokenKind ReadName()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return KeywordLookup.TryGetValue(text.AsSpan(start, at - start), out var keyword) ? keyword : TokenKind.Name;
    }

    private TokenKind ReadNumber()
    {
        var start = at;
        while (char.IsAsciiDigit(Peek(0)) || Peek(0) is '.' or '_')
        {
            at++;
        }

        if (Peek(0) is 'e' or 'E')
        {
            at++;
            if (Peek(0) is '+' or '-')
            {
                at++;
            }
        }

        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            at++;
        }

        if (LuauNumber.Parse(text.AsSpan(start, at - start)) is null)
        {
            errors.Add(new(new(start, at), "Malformed number."));
        }

        return TokenKind.Number;
    }

    private TokenKind OpenBrace()
    {
        at++;
        braces.Push(false);
        return TokenKind.LeftBrace;
    }

    private TokenKind CloseBrace()
    {
        if (braces.TryPop(out var interpolated) && interpolated)
        {
            return ReadInterpolated(TokenKind.InterpolatedEnd, TokenKind.InterpolatedMiddle);
        }

        at++;
        return TokenKind.RightBrace;
    }

    private TokenKind ReadSymbol(char c)
    {
        var next = Peek(1);
        var (kind, length) = (c, next) switch
        {
            ('+', '=') => (TokenKind.PlusAssign, 2),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', '=') => (TokenKind.MinusAssign, 2),
            ('-', '>') => (TokenKind.Arrow, 2),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', '=') => (TokenKind.StarAssign, 2),
            ('*', _) => (TokenKind.Star, 1),
            ('/', '/') => Peek(2) == '=' ? (TokenKind.FloorDivideAssign, 3) : (TokenKind.FloorDivide, 2),
            ('/', '=') => (TokenKind.SlashAssign, 2),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', '=') => (TokenKind.PercentAssign, 2),
            ('%', _) => (TokenKind.Percent, 1),
            ('^', '=') => (TokenKind.CaretAssign, 2),
            ('^', _) => (TokenKind.Caret, 1),
            ('.', '.') => Peek(2) switch { '.' => (TokenKind.Vararg, 3), '=' => (TokenKind.ConcatAssign, 3), _ => (TokenKind.Concat, 2) },
            ('.', _) => (TokenKind.Dot, 1),
            ('=', '=') => (TokenKind.Equal, 2),
            ('=', _) => (TokenKind.Assign, 1),
            ('~', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessEqual, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', '=') => (TokenKind.GreaterEqual, 2),
            ('>', _) => (TokenKind.Greater, 1),
            (':', ':') => (TokenKind.DoubleColon, 2),
            ('@', '[') => (TokenKind.AttributeOpen, 2),
            _ => (Single(c), 1),
        };
        at += length;
        if (kind == TokenKind.Error)
        {
            // The bytes of one UTF-8 character are one mistake, not several.
            while (c >= 0x80 && Peek(0) is >= '\x80' and < '\xC0')
            {
                at++;
            }

            errors.Add(new(new(at - length, at), "This character has no meaning in Luau."));
        }

        return kind;
    }

    private static TokenKind Single(char c) => c switch
    {
        '#' => TokenKind.Hash,
        '(' => TokenKind.LeftParen,
        ')' => TokenKind.RightParen,
        '[' => TokenKind.LeftBracket,
        ']' => TokenKind.RightBracket,
        ':' => TokenKind.Colon,
        ';' => TokenKind.Semicolon,
        ',' => TokenKind.Comma,
        '|' => TokenKind.Pipe,
        '&' => TokenKind.Ampersand,
        '?' => TokenKind.Question,
        '@' => TokenKind.At,
        _ => TokenKind.Error,
    };

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';
}
