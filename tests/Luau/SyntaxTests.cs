using System.Globalization;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>The parser accepts what Luau accepts, refuses what it refuses, and loses no byte.</summary>
public sealed class SyntaxTests
{
    [Fact]
    public async Task The_parser_and_the_virtual_machine_agree_on_every_form()
    {
        var scripts = SyntaxForms.All;
        var verdicts = await LuauJudge.AskAsync(scripts);

        var differences = scripts.Zip(verdicts)
            .Select(pair => (Script: pair.First, Refusal: pair.Second, Ours: SyntaxTree.Parse(LuauSource.FromText(pair.First)).Errors))
            .Where(row => row.Refusal is null != (row.Ours.Count == 0))
            .Select(row => $"{row.Script}\n  the machine: {row.Refusal ?? "accepts"}\n  the parser: {(row.Ours.Count == 0 ? "accepts" : row.Ours[0].Message)}")
            .ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {scripts.Count}:\n{string.Join('\n', differences)}");
    }

    [Fact]
    public void Every_form_prints_back_byte_for_byte()
    {
        foreach (var script in SyntaxForms.All)
        {
            var source = LuauSource.FromText(script);
            Assert.Equal(source.ToBytes(), SyntaxTree.Parse(source).Print());
        }
    }

    [Fact]
    public void Bytes_that_are_not_utf8_survive()
    {
        byte[] script = [.. "x = \""u8, 0xFF, 0xFE, 0x80, .. "\" -- "u8, 0xC3];

        var tree = SyntaxTree.Parse(new LuauSource(script));

        Assert.Empty(tree.Errors);
        Assert.Equal(script, tree.Print());
    }

    [Theory]
    [InlineData("\"a\\65\\x42\\u{43}\\z   D\\\nE\"", "aABCD\nE")]
    [InlineData("'\\a\\b\\f\\n\\r\\t\\v\\\\\\''", "\a\b\f\n\r\t\v\\'")]
    [InlineData("[==[\nline\r\n]]x]==]", "line\n]]x")]
    [InlineData("\"\\u{20AC}\"", "\u00e2\u0082\u00ac")]
    public void A_string_literal_stands_for_its_bytes(string literal, string expected) =>
        Assert.Equal(expected, LuauString.ValueOf(literal));

    [Theory]
    [InlineData("0xFF", 255)]
    [InlineData("0b1010", 10)]
    [InlineData("1_000.5e-1_0", 1e-7 + 5e-11)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("0xFFFFFFFFFFFFFFFFFF", 18446744073709551615d)]
    public void A_numeric_literal_has_its_value(string literal, double expected) =>
        Assert.Equal(expected, LuauNumber.Parse(literal)!.Value, 1e-15);

    [Fact]
    public void A_fraction_is_the_number_that_is_nearest_to_it()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var digits = random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 18))).ToString(CultureInfo.InvariantCulture);
            var literal = digits.Insert(random.Next(digits.Length + 1), ".");
            Assert.Equal(double.Parse(literal, CultureInfo.InvariantCulture), LuauNumber.Parse(literal));
        }

        Assert.Null(LuauNumber.Parse("."));
        Assert.Null(LuauNumber.Parse("1.2.3"));
    }

    [Fact]
    public void A_mistake_does_not_hide_what_follows()
    {
        var tree = SyntaxTree.Parse(LuauSource.FromText("local = 5\nprint('seen')\nif x then\n  y = \nend\nprint('too')"));

        Assert.NotEmpty(tree.Errors);
        Assert.Equal(2, tree.Root.Statements.OfType<CallStatement>().Count());
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow()
    {
        foreach (var (open, close) in new[] { ("(", ")"), ("{", "}"), ("f(", ")"), ("- ", ""), ("not ", ""), ("if a then b else ", ""), ("function() return ", " end"), ("a..", "b"), ("a^", "b"), ("a.b+", "c") })
        {
            var script = "x = " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
            var source = LuauSource.FromText(script);
            var tree = SyntaxTree.Parse(source);

            Assert.Contains(tree.Errors, error => error.Message.Contains("levels deep"));
            Assert.Equal(source.ToBytes(), tree.Print());
        }
    }

    [Fact]
    public void Scopes_are_those_of_Luau()
    {
        var tree = SyntaxTree.Parse(LuauSource.FromText("local x = x\nlocal function f() return x, f end\nrepeat local y = 1 until y\nprint(y)"));

        var outer = Assert.IsType<LocalStatement>(tree.Root.Statements[0]);
        Assert.Null(Assert.IsType<NameExpression>(outer.Values[0]).Symbol);
        var function = Assert.IsType<LocalFunctionStatement>(tree.Root.Statements[1]);
        var result = Assert.IsType<ReturnStatement>(function.Function.Body.Statements[0]);
        Assert.Same(outer.Names[0].Symbol, Assert.IsType<NameExpression>(result.Values[0]).Symbol);
        Assert.Same(function.Name.Symbol, Assert.IsType<NameExpression>(result.Values[1]).Symbol);
        var loop = Assert.IsType<RepeatStatement>(tree.Root.Statements[2]);
        Assert.NotNull(Assert.IsType<NameExpression>(loop.Condition).Symbol);
        var call = Assert.IsType<CallExpression>(Assert.IsType<CallStatement>(tree.Root.Statements[3]).Call);
        Assert.Null(Assert.IsType<NameExpression>(call.Arguments[0]).Symbol);
    }
}
