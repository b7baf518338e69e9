using System.Text;

namespace ToolboxAI.Tests.Luau;

/// <summary>Random Luau programs from a seed: valid by construction, or with a token dropped, doubled or swapped.</summary>
internal sealed class GeneratedProgram
{
    private static readonly string[] Names = ["a", "b", "c", "count", "player", "self", "continue", "type", "export", "_x1"];
    private static readonly string[] Binary = ["+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"];
    private static readonly string[] Compound = ["+=", "-=", "*=", "/=", "//=", "%=", "^=", "..="];
    private static readonly string[] Literals = ["nil", "true", "false", "0", "1.5", "0xFF", "0b10", "1e3", "1_000", "'s'", "\"\\n\\65\\x41\\u{41}\\z  x\"", "[[long]]", "[==[a]]b]==]", "`plain`", "...", "{}"];
    private static readonly string[] Types = ["number", "string?", "{number}", "{[string]: any}", "(number) -> string", "A<B>", "typeof(a)", "\"x\" | \"y\"", "A & B", "...any", "{read x: number}"];

    private readonly Random random;
    private readonly List<string> tokens = [];
    private int loops;
    private int depth;

    private GeneratedProgram(int seed) => random = new(seed);

    /// <summary>A program; every third one is damaged.</summary>
    public static string Create(int seed)
    {
        var program = new GeneratedProgram(seed);
        program.Block(program.random.Next(1, 6));
        if (seed % 3 == 0)
        {
            program.Damage();
        }

        return program.Print();
    }

    private void Add(params string[] parts) => tokens.AddRange(parts);

    private string Name() => Names[random.Next(Names.Length)];

    private void Block(int statements)
    {
        depth++;
        for (var i = 0; i < statements; i++)
        {
            Statement();
            if (random.Next(4) == 0)
            {
                Add(";");
            }
        }

        if (random.Next(8) == 0)
        {
            Add("return");
            Expression();
        }

        depth--;
    }

    private void Inner() => Block(depth > 3 ? 0 : random.Next(0, 3));

    private void Statement()
    {
        switch (random.Next(15))
        {
            case 0 or 1:
                Add(random.Next(6) == 0 ? "const" : "local", Name());
                Annotation();
                Add("=");
                Expression();
                break;
            case 2:
                Add(Name(), random.Next(3) == 0 ? Compound[random.Next(Compound.Length)] : "=");
                Expression();
                break;
            case 3:
                Add(Name(), ".", "field", "=");
                Expression();
                break;
            case 4:
                Call();
                break;
            case 5:
                If();
                break;
            case >= 6 and <= 9:
                AnyLoop();
                break;
            case 10:
                Add("local", "function", Name());
                Function();
                break;
            case 11:
                Add("function", Name(), random.Next(2) == 0 ? "." : ":", "method");
                Function();
                break;
            case 12:
                Add("type", "T" + random.Next(9), "=", Types[random.Next(Types.Length - 2)]);
                break;
            case 13:
                Add("do");
                Inner();
                Add("end");
                break;
            default:
                Add("if");
                Expression();
                Add("then", loops > 0 && random.Next(2) == 0 ? "break" : "return", "end");
                break;
        }
    }

    private void AnyLoop()
    {
        switch (random.Next(4))
        {
            case 0:
                Loop("while", () => Expression(), "do");
                break;
            case 1:
                Add("repeat");
                loops++;
                Inner();
                loops--;
                Add("until");
                Expression();
                break;
            case 2:
                Loop("for", () => { Add(Name(), "=", "1", ","); Expression(); }, "do");
                break;
            default:
                Loop("for", () => { Add(Name(), ",", Name(), "in"); Expression(); }, "do");
                break;
        }
    }

    private void If()
    {
        Add("if");
        Expression();
        Add("then");
        Inner();
        if (random.Next(3) == 0)
        {
            Add("elseif");
            Expression();
            Add("then");
            Inner();
        }

        if (random.Next(3) == 0)
        {
            Add("else");
            Inner();
        }

        Add("end");
    }

    private void Loop(string word, Action head, string open)
    {
        Add(word);
        head();
        Add(open);
        loops++;
        Inner();
        if (random.Next(4) == 0)
        {
            Add("continue");
        }

        loops--;
        Add("end");
    }

    private void Function()
    {
        var outer = loops;
        loops = 0;
        Add("(", Name());
        Annotation();
        Add(",", "...", ")");
        if (random.Next(4) == 0)
        {
            Add(":", Types[random.Next(Types.Length)]);
        }

        Inner();
        Add("end");
        loops = outer;
    }

    private void Annotation()
    {
        if (random.Next(4) == 0)
        {
            Add(":", Types[random.Next(Types.Length - 2)]);
        }
    }

    private void Call()
    {
        Add(Name());
        if (random.Next(3) == 0)
        {
            Add(":", "method");
        }

        Add("(");
        Expression();
        Add(")");
    }

    private void Expression()
    {
        depth++;
        switch (depth > 5 ? 0 : random.Next(10))
        {
            case 0 or 1 or 2:
                Add(Literals[random.Next(Literals.Length)]);
                break;
            case 3:
                Add(Name());
                break;
            case 4:
                Expression();
                Add(Binary[random.Next(Binary.Length)]);
                Expression();
                break;
            case 5:
                Add(random.Next(3) switch { 0 => "not", 1 => "-", _ => "#" });
                Add("(");
                Expression();
                Add(")");
                break;
            case 6:
                Call();
                break;
            case 7:
                Add("{", Name(), "=");
                Expression();
                Add(",", "[", "1", "]", "=");
                Expression();
                Add(";");
                Expression();
                Add("}");
                break;
            case 8:
                Add("if");
                Expression();
                Add("then");
                Expression();
                Add("else");
                Expression();
                break;
            default:
                Add("function");
                Function();
                break;
        }

        depth--;
    }

    private void Damage()
    {
        var at = random.Next(tokens.Count);
        switch (random.Next(3))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[random.Next(tokens.Count)]);
                break;
            default:
                var other = random.Next(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
        }
    }

    private string Print()
    {
        var text = new StringBuilder();
        foreach (var token in tokens)
        {
            text.Append(token).Append(random.Next(12) switch { 0 => "\n", 1 => " --[[c]] ", 2 => "\t", _ => " " });
        }

        return text.ToString();
    }
}
