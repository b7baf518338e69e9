using System.Text;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>What a scan takes is in proportion to the script, whatever stands in it.</summary>
public sealed class ScanCostTests
{
    // Allocated bytes for each byte of a script; most live for a moment only.
    private const int MostBytesPerByte = 2_500;
    private const int Fixed = 4_000_000;

    // Measured: 0.35 and 48.
    private const double MostStepsPerByte = 0.37;
    private const int MostCorpusBytesPerByte = 49;

    public static TheoryData<string, string> Scripts => new()
    {
        { "calls", "workspace.Door:SetAttribute('Open', true)\n" },
        { "functions", "local function f(a) return a end f(1)\n" },
        { "branches", "if x then y() elseif z then w() else v() end\n" },
        { "handlers", "a.OnServerEvent:Connect(function(p, q) if type(q) == 'number' then p.Coins.Value = q end end)\n" },
        { "numbers", "t = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}\n" },
        { "texts", "s = s .. 'a text that is joined to others, as obfuscators do'\n" },
        { "loops", "for i = 1, 1e9 do x = x + 1 end\n" },
    };

    [Theory, MemberData(nameof(Scripts))]
    public void Memory_is_in_proportion_to_the_script(string kind, string line)
    {
        foreach (var size in (int[])[10_000, 100_000, 400_000])
        {
            var source = new LuauSource(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, size / line.Length))));
            var before = GC.GetAllocatedBytesForCurrentThread();
            ScriptScanner.Scan(source);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.True(taken < Fixed + ((long)MostBytesPerByte * source.Length), $"{kind}: {taken:N0} bytes for a script of {source.Length:N0}");
        }
    }

    /// <summary>What the ratio of the benchmark comes from, counted instead of timed: the steps that scripts are followed in, and what they allocate.</summary>
    [Fact]
    public void The_corpus_is_followed_in_few_steps_and_little_memory()
    {
        long bytes = 0, steps = 0, allocated = 0;
        foreach (var script in LabelledScript.All)
        {
            var tree = SyntaxTree.Parse(script.Source);
            steps += Interpreter.Run(tree, []);
            ScriptScanner.Scan(script.Source);
            var before = GC.GetAllocatedBytesForCurrentThread();
            ScriptScanner.Scan(script.Source);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            bytes += script.Source.Length;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{(double)steps / bytes:0.00} steps and {(double)allocated / bytes:0} allocated bytes for each byte of {bytes:N0}");
        Assert.True(steps < bytes * MostStepsPerByte, $"{(double)steps / bytes:0.00} steps a byte");
        Assert.True(allocated < bytes * MostCorpusBytesPerByte, $"{(double)allocated / bytes:0} allocated bytes a byte");
    }

    [Theory]
    [InlineData("local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) print(a.x, a[y])")]
    [InlineData("local m = {} m.__concat = function(a, b) return a .. b end m.__tostring = function(s) return tostring(s) end local x = setmetatable({}, m) print(x .. x, tostring(x))")]
    [InlineData("local c c = coroutine.wrap(function() coroutine.yield(c) end) c()()() for a in c do for b in a do print(b) end end")]
    [InlineData("local t = {} for i = 1, 1000 do t[i] = {t, {t}} end label.Text = t local u = if q then t else {t} label.Text = u")]
    [InlineData("print(string.match('a', string.rep('a?', 300000)), string.match('a', string.rep('(', 300000)))")]
    [InlineData("x['']() getfenv()['']() game['']:Go() ('')['']()")]
    [InlineData("OnServerEvent:Connect(function(player, value) print(value) end) local a, b = OnServerEvent:Wait() Heartbeat:Connect(print) ProcessReceipt = print")]
    public void What_leads_in_circles_or_nowhere_ends(string script) =>
        Assert.NotNull(ScriptScanner.Scan(LuauSource.FromText(script)));

    [Fact]
    public void A_text_that_doubles_itself_is_not_kept()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        ScriptScanner.Scan(LuauSource.FromText("local s = 'x' for i = 1, 60 do s = s .. s end local t = {} for i = 1, 1e8 do t[i] = string.rep('y', 1e6) end"));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000_000);
    }
}
