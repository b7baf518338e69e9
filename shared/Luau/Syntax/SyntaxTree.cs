using System.Text;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>A parsed script: its tokens, its statements and what is wrong with it. Broken scripts have a tree too.</summary>
public sealed class SyntaxTree
{
    private readonly Token[] tokens;
    private readonly int count;

    internal SyntaxTree(LuauSource source, ArraySegment<Token> tokens, Block root, int locals, int literals, IReadOnlyList<LuauError> errors)
    {
        Source = source;
        this.tokens = tokens.Array!;
        count = tokens.Count;
        Root = root;
        Locals = locals;
        Literals = literals;
        Errors = errors;
    }

    /// <summary>The script.</summary>
    public LuauSource Source { get; }

    /// <summary>All tokens; the last one is the end of the script.</summary>
    public ReadOnlySpan<Token> Tokens => tokens.AsSpan(0, count);

    /// <summary>The script's statements.</summary>
    public Block Root { get; }

    /// <summary>How many names are declared outside of functions.</summary>
    public int Locals { get; }

    /// <summary>How many numbers and texts are written in the script.</summary>
    public int Literals { get; }

    /// <summary>What Luau would refuse, in order. Empty: Luau accepts the script.</summary>
    public IReadOnlyList<LuauError> Errors { get; }

    /// <summary>Parses a script. Never throws for what stands in it.</summary>
    public static SyntaxTree Parse(LuauSource source) => Parser.Parse(source);

    /// <summary>Where a node stands, without the trivia before it.</summary>
    public LuauSpan SpanOf(SyntaxNode node) => new(tokens[node.First].Start, Math.Max(tokens[node.First].Start, tokens[Math.Max(node.First, node.Last)].End));

    /// <summary>The blanks and comments before a token.</summary>
    public LuauSpan LeadingTrivia(int token) => new(token == 0 ? 0 : tokens[token - 1].End, tokens[token].Start);

    /// <summary>The text of a token, one character per byte.</summary>
    public ReadOnlySpan<char> TextOf(int token) => Source.Text.AsSpan(tokens[token].Start, tokens[token].End - tokens[token].Start);

    /// <summary>Prints the tokens with their trivia: the script, byte for byte.</summary>
    public byte[] Print()
    {
        var text = new StringBuilder(Source.Length);
        for (var i = 0; i < count; i++)
        {
            var trivia = LeadingTrivia(i);
            text.Append(Source.Text, trivia.Start, trivia.Length).Append(TextOf(i));
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
