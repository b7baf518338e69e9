using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks;

/// <summary>A scan beside a plain pass of the lexer over the same bytes: the corpus, in processor time, so that a busy machine doesn't count.</summary>
internal static class ScanBenchmark
{
    private const int WarmUps = 40;
    private const int Samples = 7;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(300);

    public static int Run()
    {
        var scripts = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Luau", "Corpus"), "*.luau", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(path => new LuauSource(File.ReadAllBytes(path))).ToList();
        var bytes = scripts.Sum(script => (long)script.Length);
        var lexer = Measure(() => scripts.ForEach(script => Lexer.Tokenize(script, [])));
        var parser = Measure(() => scripts.ForEach(script => SyntaxTree.Parse(script)));
        var scan = Measure(() => scripts.ForEach(script => ScriptScanner.Scan(script)));

        // Last: a collector that has all trees to keep would make the others dearer.
        var trees = scripts.ConvertAll(script => SyntaxTree.Parse(script));
        var followed = Measure(() => trees.ForEach(tree => Interpreter.Run(tree, [])));
        Console.WriteLine($"""
            {scripts.Count} scripts, {bytes:N0} bytes
            lexer   {lexer.TotalNanoseconds / bytes,8:F1} ns a byte
            parser  {parser.TotalNanoseconds / bytes,8:F1} ns a byte, the lexer in it
            follow  {followed.TotalNanoseconds / bytes,8:F1} ns a byte, no rule looking on
            rules   {(scan - parser - followed).TotalNanoseconds / bytes,8:F1} ns a byte: what the rules, the texts and the metrics add
            scan    {scan.TotalNanoseconds / bytes,8:F1} ns a byte
            ratio   {scan / lexer,8:F1} scan per lexer pass
            """);
        return 0;
    }

    private static TimeSpan Measure(Action pass)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            pass();
        }

        return Enumerable.Range(0, Samples).Min(_ =>
        {
            var started = Environment.CpuUsage.TotalTime;
            var passes = 0;
            while (Environment.CpuUsage.TotalTime - started < Least)
            {
                pass();
                passes++;
            }

            return (Environment.CpuUsage.TotalTime - started) / passes;
        });
    }
}
