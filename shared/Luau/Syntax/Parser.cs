namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>
/// A recursive-descent parser for Luau as Roblox runs it. It never throws for what stands in a script: at an error it notes
/// the first mistake, and goes on at the next token that can begin a statement.
/// </summary>
internal sealed partial class Parser
{
    // Luau refuses deeper scripts too, so that no later step overflows its stack.
    private const int DepthLimit = 1000;

    // A script with a hundred mistakes is no script; more would only cost time.
    private const int ErrorLimit = 100;

    private const int LongestSharedName = 32;

    // A few of the names and short texts that were read last, of any script; one that isn't there is made anew. A power of two, so that a place is cheap to compute.
    private const int SharedNames = 1_024;
    private static readonly string?[] Names = new string?[SharedNames];

    // The open lists of the thread's last parser, for its next one: most scripts are small, and lists that grow anew each time cost as much as what they hold.
    [ThreadStatic]
    private static OpenLists? spare;

    private readonly LuauSource source;
    private readonly Token[] tokens;

    // The end of the script.
    private readonly int last;
    private readonly List<LuauError> errors;

    private readonly OpenList<Statement> statements;
    private readonly OpenList<Expression> expressions;
    private readonly OpenList<Binding> bindings;
    private readonly OpenList<TableField> fields;
    private readonly OpenList<IfBranch> branches;

    // What the statements of the function that is being read may use; a script takes any number of arguments.
    private bool isVariadic = true;
    private int loops;
    private int literals;
    private int at;
    private int depth;
    private int lastErrorToken = -1;

    private Parser(LuauSource source, ArraySegment<Token> tokens, List<LuauError> errors, OpenLists open)
    {
        (statements, expressions, bindings, fields, branches) = (open.Statements, open.Expressions, open.Bindings, open.Fields, open.Branches);
        this.source = source;
        this.tokens = tokens.Array!;
        last = tokens.Count - 1;
        this.errors = errors;
    }

    public static SyntaxTree Parse(LuauSource source)
    {
        var mistakes = new List<LuauError>();
        var open = spare ?? new();
        spare = null;
        var parser = new Parser(source, Lexer.Tokenize(source, mistakes), mistakes, open);
        while (true)
        {
            parser.ParseStatements();
            if (parser.Kind == TokenKind.End)
            {
                break;
            }

            // An "end" without a beginning, or code after a return: note it and read on, so that nothing stays unseen.
            parser.Fail($"Expected the end of the script, got {parser.Describe()}.");
            parser.at++;
        }

        var root = new Block { Statements = parser.statements.Taken(0), First = 0, Last = parser.last };
        open.Clear();
        spare = open;
        var locals = Resolver.Resolve(root, parser.FailAt);
        mistakes.Sort((a, b) => a.Span.Start.CompareTo(b.Span.Start));
        return new(source, new(parser.tokens, 0, parser.last + 1), root, locals, parser.literals, mistakes);
    }

    private TokenKind Kind => tokens[at].Kind;

    private TokenKind KindAt(int ahead) => tokens[Math.Min(at + ahead, last)].Kind;

    private ReadOnlySpan<char> TextAt(int token) => source.Text.AsSpan(tokens[token].Start, tokens[token].End - tokens[token].Start);

    // Scripts name the same things over and over, each other's too.
    private string NameAt(int token)
    {
        var text = TextAt(token);
        return text.Length > LongestSharedName ? text.ToString() : Shared(text);
    }

    private static string Shared(ReadOnlySpan<char> text)
    {
        ref var shared = ref Names[((text.Length * 961) + (text[0] * 131) + (text[^1] * 29) + (text[text.Length / 2] * 7)) & (SharedNames - 1)];
        var known = shared;
        return known is not null && text.SequenceEqual(known) ? known : shared = text.ToString();
    }

    private bool IsName(string text, int ahead = 0) => KindAt(ahead) == TokenKind.Name && TextAt(at + ahead).SequenceEqual(text);

    private bool Accept(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        at++;
        return true;
    }

    private bool Expect(TokenKind kind, string what)
    {
        if (Accept(kind))
        {
            return true;
        }

        Fail($"Expected {what}, got {Describe()}.");
        return false;
    }

    private void ExpectClosing(TokenKind kind, int opener)
    {
        if (Kind == kind)
        {
            at++;
            return;
        }

        var closing = kind == TokenKind.RightParen ? ')' : '}';
        Fail($"Expected '{closing}' (to close '{TextAt(opener)}' in line {source.LineOf(tokens[opener].Start)}), got {Describe()}.");
    }

    private string ExpectName(string what)
    {
        if (Kind == TokenKind.Name)
        {
            return NameAt(at++);
        }

        Fail($"Expected {what}, got {Describe()}.");
        return "";
    }

    private string Describe() => Kind == TokenKind.End ? "the end of the script" : $"'{source.Decode(new(tokens[at].Start, Math.Min(tokens[at].End, tokens[at].Start + 40)))}'";

    private void Fail(string message) => FailAt(at, message);

    private void FailAt(int token, string message)
    {
        // One mistake per token: what follows from a mistake is not a second one.
        if (token == lastErrorToken || errors.Count >= ErrorLimit)
        {
            return;
        }

        lastErrorToken = token;
        errors.Add(new(tokens[token].Span, message));
    }

    // Whether one level more is too deep. Loops that build deep trees count their levels too.
    private bool TooDeep()
    {
        if (++depth <= DepthLimit)
        {
            return false;
        }

        Fail($"The script is nested more than {DepthLimit} levels deep.");
        at = last;
        return true;
    }

    private int LastToken => Math.Max(0, at - 1);

    private Block ParseBlock()
    {
        var first = at;
        var outer = statements.Count;
        ParseStatements();
        return new() { Statements = statements.Taken(outer), First = first, Last = Math.Max(first - 1, LastToken) };
    }

    private Block ParseLoopBody()
    {
        loops++;
        var body = ParseBlock();
        loops--;
        return body;
    }

    private void ParseStatements()
    {
        var outer = depth;
        if (TooDeep())
        {
            depth = outer;
            return;
        }

        while (!EndsBlock(Kind))
        {
            var before = at;
            var statement = ParseStatement();
            statements.Add(statement);
            Accept(TokenKind.Semicolon);
            if (at == before)
            {
                at++;
            }

            if (statement is ReturnStatement or BreakStatement or ContinueStatement)
            {
                break;
            }
        }

        depth = outer;
    }

    private static bool EndsBlock(TokenKind kind) =>
        kind is TokenKind.End or TokenKind.Else or TokenKind.ElseIf or TokenKind.EndKeyword or TokenKind.Until;

    // The "end" of a construct; code that cannot be reached before it is noted and skipped over statement by statement.
    private void ExpectEnd(int opener)
    {
        if (Accept(TokenKind.EndKeyword))
        {
            return;
        }

        Fail($"Expected 'end' (to close '{TextAt(opener).ToString()}' in line {source.LineOf(tokens[opener].Start)}), got {Describe()}.");
        if (!EndsBlock(Kind))
        {
            var outer = statements.Count;
            while (!EndsBlock(Kind))
            {
                ParseStatements();
            }

            statements.Shrink(outer);

            Accept(TokenKind.EndKeyword);
        }
    }
}
