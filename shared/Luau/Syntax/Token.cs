namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>What a token is.</summary>
public enum TokenKind : byte
{
    /// <summary>The end of the script; its leading trivia is what stands after the last token.</summary>
    End,
    /// <summary>Bytes that are no token of Luau.</summary>
    Error,
    /// <summary>An identifier, contextual keywords (<c>continue</c>, <c>type</c>, <c>export</c>, …) included.</summary>
    Name,
    /// <summary>A numeric literal.</summary>
    Number,
    /// <summary>A quoted or long string.</summary>
    String,
    /// <summary>An interpolated string without a hole.</summary>
    InterpolatedWhole,
    /// <summary>From the backtick to the first hole's brace.</summary>
    InterpolatedBegin,
    /// <summary>From one hole's closing brace to the next one's opening brace.</summary>
    InterpolatedMiddle,
    /// <summary>From the last hole's closing brace to the backtick.</summary>
    InterpolatedEnd,

    And, Break, Do, Else, ElseIf, EndKeyword, False, For, Function, If, In, Local, Nil, Not, Or, Repeat, Return, Then, True, Until, While,

    Plus, Minus, Star, Slash, FloorDivide, Percent, Caret, Hash, Concat, Vararg, Dot,
    Equal, NotEqual, LessEqual, GreaterEqual, Less, Greater, Assign,
    PlusAssign, MinusAssign, StarAssign, SlashAssign, FloorDivideAssign, PercentAssign, CaretAssign, ConcatAssign,
    LeftParen, RightParen, LeftBrace, RightBrace, LeftBracket, RightBracket,
    Colon, DoubleColon, Semicolon, Comma, Arrow, Pipe, Ampersand, Question, At, AttributeOpen,
}

/// <summary>A token of a script. What stands between two tokens (blanks and comments) is the second one's leading trivia.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte after its last.</param>
public readonly record struct Token(TokenKind Kind, int Start, int End)
{
    /// <summary>Where it stands.</summary>
    public LuauSpan Span => new(Start, End);
}

/// <summary>Something that Luau does not accept.</summary>
/// <param name="Span">Where.</param>
/// <param name="Message">What is wrong, in a sentence for the script's author.</param>
public sealed record LuauError(LuauSpan Span, string Message);
