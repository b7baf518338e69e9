using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks;

/// <summary>
/// A scan beside a plain pass of the lexer over the same bytes: the corpus, in processor time, so that a busy machine counts little. Lexer, parser
/// and scan take turns, so that a machine that changes its speed does so for all of them; what is told are medians of the rounds.
/// </summary>
internal static class ScanBenchmark
{
    private const int WarmUps = 40;
    private const int Rounds = 15;
    private const int Kilobyte = 1024;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(150);

    public static int Run()
    {
        var scripts = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Luau", "Corpus"), "*.luau", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(path => new LuauSource(File.ReadAllBytes(path))).ToList();
        var bytes = scripts.Sum(script => (long)script.Length);
        var rounds = Measure(
            () => scripts.ForEach(script => Lexer.Tokenize(script, [])),
            () => scripts.ForEach(script => SyntaxTree.Parse(script)),
            () => scripts.ForEach(script => ScriptScanner.Scan(script)));

        // Last: a collector that has all trees to keep would make the others dearer.
        var trees = scripts.ConvertAll(script => SyntaxTree.Parse(script));
        var followed = Measure(() => trees.ForEach(tree => Interpreter.Run(tree, [])));
        var (lexer, parser, scan, follow) = (Median(rounds, round => round[0]), Median(rounds, round => round[1]), Median(rounds, round => round[2]), Median(followed, round => round[0]));
        Console.WriteLine($"""
            {scripts.Count} scripts, {bytes:N0} bytes
            lexer   {lexer / bytes,8:F1} ns a byte
            parser  {parser / bytes,8:F1} ns a byte, the lexer in it
            follow  {follow / bytes,8:F1} ns a byte, no rule looking on
            rules   {(scan - parser - follow) / bytes,8:F1} ns a byte: what the rules, the texts and the metrics add
            scan    {scan / bytes,8:F1} ns a byte
            ratio   {Median(rounds, round => round[2] / round[0]),8:F1} scan per lexer pass ({rounds.Min(round => round[2] / round[0]):F1} to {rounds.Max(round => round[2] / round[0]):F1})
            """);
        Tell("benign", scripts.FindAll(IsBenign));
        Tell("malicious", scripts.FindAll(script => !IsBenign(script)));
        Tell("up to 1 kB", scripts.FindAll(script => script.Length <= Kilobyte));
        Tell("longer", scripts.FindAll(script => script.Length > Kilobyte));
        return 0;
    }

    // A script's first line holds its labels.
    private static bool IsBenign(LuauSource script) => script.Text.StartsWith("--@ benign", StringComparison.Ordinal);

    private static void Tell(string kind, List<LuauSource> scripts)
    {
        var rounds = Measure(() => scripts.ForEach(script => Lexer.Tokenize(script, [])), () => scripts.ForEach(script => ScriptScanner.Scan(script)));
        Console.WriteLine($"ratio   {Median(rounds, round => round[1] / round[0]),8:F1} of {scripts.Count} scripts that are {kind}, {scripts.Sum(script => (long)script.Length):N0} bytes");
    }

    // What each pass takes in each round, in nanoseconds.
    private static List<double[]> Measure(params Action[] passes)
    {
        foreach (var pass in passes)
        {
            for (var i = 0; i < WarmUps; i++)
            {
                pass();
            }
        }

        return [.. Enumerable.Range(0, Rounds).Select(_ => Array.ConvertAll(passes, Sample))];
    }

    private static double Sample(Action pass)
    {
        var started = Environment.CpuUsage.TotalTime;
        var passes = 0;
        while (Environment.CpuUsage.TotalTime - started < Least)
        {
            pass();
            passes++;
        }

        return (Environment.CpuUsage.TotalTime - started).TotalNanoseconds / passes;
    }

    private static double Median(List<double[]> rounds, Func<double[], double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
}
