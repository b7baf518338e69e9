using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>Random programs and random bytes. TOOLBOX_LONG=1 runs the long form: 20,000 programs, 10,000,000 inputs.</summary>
public sealed class GeneratedProgramTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TOOLBOX_LONG") == "1";

    [Fact]
    public async Task The_parser_and_the_virtual_machine_agree_on_generated_programs()
    {
        var scripts = Enumerable.Range(0, IsLong ? 20_000 : 2_000).Select(GeneratedProgram.Create).ToList();
        var verdicts = await LuauJudge.AskAsync(scripts);

        var differences = scripts.Zip(verdicts)
            .Select(pair => (Script: pair.First, Refusal: pair.Second, Ours: SyntaxTree.Parse(LuauSource.FromText(pair.First)).Errors))
            .Where(row => row.Refusal is null != (row.Ours.Count == 0))
            .Select(row => $"{row.Script}\n  the machine: {row.Refusal ?? "accepts"}\n  the parser: {(row.Ours.Count == 0 ? "accepts" : row.Ours[0].Message)}")
            .ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {scripts.Count}:\n{string.Join('\n', differences.Take(10))}");
        Assert.InRange(verdicts.Count(verdict => verdict is null), scripts.Count / 4, scripts.Count);
    }

    [Fact]
    public void Random_inputs_never_crash_and_print_back()
    {
        var random = new Random(17);
        var pieces = SyntaxForms.All;
        for (var i = 0; i < (IsLong ? 10_000_000 : 100_000); i++)
        {
            var bytes = LuauSource.FromText(pieces[random.Next(pieces.Count)] + " " + pieces[random.Next(pieces.Count)]).ToBytes();
            for (var flips = random.Next(4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var source = new LuauSource(bytes);
            Assert.Equal(bytes, SyntaxTree.Parse(source).Print());
            if (i % 10 == 0)
            {
                ScriptScanner.Scan(source);
            }
        }
    }
}
