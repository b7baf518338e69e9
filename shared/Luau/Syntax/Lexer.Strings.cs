namespace ToolboxAI.Shared.Luau.Syntax;

// The three kinds of string: quoted, long, interpolated.
public sealed partial class Lexer
{
    private TokenKind ReadQuoted(char quote)
    {
        var start = at++;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == quote)
            {
                at++;
                CheckEscapes(start + 1, at - 1);
                return TokenKind.String;
            }

            if (c is '\n' or '\r')
            {
                break;
            }

            SkipCharacter(c);
        }

        errors.Add(new(new(start, at), "Malformed string: its closing quote is missing."));
        return TokenKind.String;
    }

    private TokenKind ReadLongString(int level)
    {
        var start = at;
        if (!SkipLong(level))
        {
            errors.Add(new(new(start, at), "Malformed string: its closing bracket is missing."));
        }

        return TokenKind.String;
    }

    private TokenKind ReadInterpolated(TokenKind closed, TokenKind open)
    {
        var start = at++;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '`')
            {
                at++;
                CheckEscapes(start + 1, at - 1);
                return closed;
            }

            if (c == '{')
            {
                if (Peek(1) == '{')
                {
                    errors.Add(new(new(at, at + 2), "Double braces are not permitted within interpolated strings; did you mean '\\{'?"));
                }

                at++;
                braces.Push(true);
                CheckEscapes(start + 1, at - 1);
                return open;
            }

            if (c is '\n' or '\r')
            {
                break;
            }

            SkipCharacter(c);
        }

        errors.Add(new(new(start, at), "Malformed interpolated string: its closing backtick is missing."));
        return closed;
    }

    // One character, or an escape with what it covers: a line end, or the blanks after \z.
    private void SkipCharacter(char c)
    {
        at++;
        if (c != '\\' || at >= text.Length)
        {
            return;
        }

        var escaped = text[at++];
        if ((escaped == '\r' && Peek(0) == '\n') || (escaped == 'u' && Peek(0) == '{'))
        {
            at++;
        }
        else if (escaped == 'z')
        {
            while (Peek(0) is ' ' or '\t' or '\r' or '\n' or '\v' or '\f')
            {
                at++;
            }
        }
    }

    private void CheckEscapes(int start, int end)
    {
        var body = text.AsSpan(start, end - start);
        if (body.Contains('\\') && LuauString.Unescape(body) is null)
        {
            errors.Add(new(new(start, end), "Malformed string: an escape sequence is not valid."));
        }
    }

    // The level of a long bracket "[==[" at the position, or -1.
    private int LongBracketLevel(int position)
    {
        var i = position + 1;
        while (i < text.Length && text[i] == '=')
        {
            i++;
        }

        return i < text.Length && text[i] == '[' ? i - position - 1 : -1;
    }

    private bool SkipLong(int level)
    {
        var close = "]" + new string('=', level) + "]";
        var end = text.IndexOf(close, at + level + 2, StringComparison.Ordinal);
        at = end < 0 ? text.Length : end + close.Length;
        return end >= 0;
    }
}
