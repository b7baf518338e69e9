using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>What is called is known, however the script hides it.</summary>
public sealed class InterpreterTests
{
    [Theory]
    [InlineData("loadstring('x')()")]
    [InlineData("local f = loadstring f('x')")]
    [InlineData("getfenv()['load' .. 'string']('x')")]
    [InlineData("getfenv()[string.reverse('gnirtsdaol')]('x')")]
    [InlineData("getfenv()[string.char(108,111,97,100,115,116,114,105,110,103)]('x')")]
    [InlineData("local t = {108,111,97,100,115,116,114,105,110,103} local s = '' for _, b in ipairs(t) do s ..= string.char(b) end getfenv()[s]('x')")]
    [InlineData("local t = {} for i, b in {109,110,96,101,114,117,115,104,111,102} do t[i] = string.char(bit32.bxor(b, 1)) end getfenv()[table.concat(t)]('x')")]
    [InlineData("local function d(s) local r = '' for i = #s, 1, -1 do r = r .. s:sub(i, i) end return r end getfenv()[d('gnirtsdaol')]('x')")]
    [InlineData("local e = {a = {b = loadstring}} e.a['b']('x')")]
    [InlineData("_G.run = loadstring _G.run('x')")]
    [InlineData("shared.run = loadstring shared.run('x')")]
    [InlineData("shared.tools = {run = loadstring} local mine = shared.tools mine.run('x')")]
    [InlineData("shared.tools = shared.tools or {} shared.tools.run = loadstring task.spawn(function() shared.tools.run('x') end)")]
    [InlineData("task.delay(1, function() shared.run('x') end) shared['r' .. 'un'] = loadstring")]
    [InlineData("rawset(shared, 'run', loadstring) rawget(shared, 'run')('x')")]
    [InlineData("getfenv().shared.run = loadstring shared.run('x')")]
    [InlineData("shared['load' .. 'string']('x')")]
    [InlineData("local function get() return loadstring end get()('x')")]
    [InlineData("pcall(loadstring, 'x')")]
    [InlineData("local f if a then f = print else f = loadstring end f('x')")]
    [InlineData("local function decode(h) return (h:gsub('%x%x', function(c) return string.char(tonumber(c, 16)) end)) end loadstring(decode('70'))")]
    [InlineData("local s = '' for c in ('6c6f6164737472696e67'):gmatch('%x%x') do s ..= string.char(tonumber(c, 16)) end getfenv()[s]('x')")]
    [InlineData("local i, s = 1, '' while i <= 10 do s ..= string.sub('loadstring', i, i) i += 1 end getfenv()[s]('x')")]
    [InlineData("setfenv(1, {q = loadstring}) q('x')")]
    [InlineData("task.spawn(function() loadstring('x') end)")]
    [InlineData("local o = setmetatable({}, {__index = function(_, k) return loadstring end}) o.anything('x')")]
    [InlineData("script.Parent.Touched:Connect(function() loadstring('x') end)")]
    [InlineData("local m = string.format('%s%s', 'load', 'string') getfenv()[m]('x')")]
    [InlineData("local x = `load{'string'}` getfenv()[x]('x')")]
    [InlineData("local p = setmetatable({}, {__concat = function(_, rest) return 'load' .. rest end}) getfenv()[p .. 'string']('x')")]
    [InlineData("local n = setmetatable({}, {__tostring = function() return 'loadstring' end}) getfenv()[tostring(n)]('x')")]
    [InlineData("local co = coroutine.wrap(function() coroutine.yield(loadstring) end) local f = co() f('x')")]
    [InlineData("for _, f in coroutine.wrap(function() return 1, loadstring end) do f('x') end")]
    [InlineData("local get = setmetatable({}, {__index = function(_, who) return loadstring end}) get[someone]('x')")]
    [InlineData("local b = buffer.create(10) for i, c in {108,111,97,100,115,116,114,105,110,103} do buffer.writeu8(b, i - 1, c) end getfenv()[buffer.tostring(b)]('x')")]
    [InlineData("local n = ('string'):gsub('^', 'load') getfenv()[n]('x')")]
    [InlineData("for w in ('no loadstring1'):gmatch('%f[%a]l%a+') do getfenv()[w]('x') end")]
    [InlineData("local n = ('LOADSTRING'):gsub('%u', string.lower) getfenv()[n]('x')")]
    public void A_hidden_loadstring_is_met(string script) =>
        Assert.Contains("loadstring", Paths(script));

    [Theory]
    [InlineData("shared.run = loadstring _G.run('x')")]
    [InlineData("_G.run = loadstring shared.run('x')")]
    [InlineData("shared.run = loadstring run('x')")]
    [InlineData("shared.run = loadstring shared.run = print shared.run('x')")]
    public void The_tables_that_all_scripts_see_are_two_and_are_no_globals(string script) =>
        Assert.DoesNotContain("loadstring", Paths(script));

    [Fact]
    public void A_client_s_value_that_is_put_into_shared_is_the_client_s_there()
    {
        const string Script = """
            remote.OnServerEvent:Connect(function(player, amount, name)
                shared.amount = amount
                if not names[name] then return end
                shared.name = name
            end)
            game.Players.PlayerAdded:Connect(function()
                sink(shared.amount)
                sink(shared.name)
            end)
            """;

        var last = Record(Script).Where(call => call.Path == "sink").Select(call => call.Argument(0).Taint & Taint.Client).TakeLast(2);

        Assert.Equal([Taint.Client, Taint.None], last);
    }

    [Theory]
    [InlineData("local h = game:GetService('Http' .. 'Service') h:PostAsync('https://x', 'y')", "HttpService:PostAsync")]
    [InlineData("local h = game.HttpService h.PostAsync(h, 'https://x', 'y')", "HttpService:PostAsync")]
    [InlineData("for _, s in {'HttpService'} do game:GetService(s):GetAsync('https://x') end", "HttpService:GetAsync")]
    public void A_service_is_known_however_it_is_reached(string script, string path) =>
        Assert.Contains(path, Paths(script));

    [Fact]
    public void An_endless_loop_ends() =>
        Assert.Contains("print", Paths("while true do local x = 1 end while true do x = x + 1 if x == y then break end end print('after')"));

    [Fact]
    public void A_client_s_value_is_tainted_until_it_is_checked()
    {
        const string Script = """
            remote.OnServerEvent:Connect(function(player, amount, name)
                sink(amount)
                if typeof(name) ~= 'string' then return end
                sink(name)
            end)
            """;

        // A callback is followed twice.
        var taints = Record(Script).Where(call => call.Path == "sink").Select(call => call.Argument(0).Taint & Taint.Client).Take(2);

        Assert.Equal([Taint.Client, Taint.None], taints);
    }

    private static IEnumerable<string> Paths(string script) => Record(script).Select(call => call.Path);

    private static List<EngineCall> Record(string script)
    {
        var tree = SyntaxTree.Parse(LuauSource.FromText(script));
        Assert.Empty(tree.Errors);
        var recorder = new Recorder();
        Interpreter.Run(tree, [recorder]);
        return recorder.Calls;
    }

    private sealed class Recorder : Detector
    {
        public List<EngineCall> Calls { get; } = [];

        public override Events Hears => Events.Calls;

        public override void Called(EngineCall call) => Calls.Add(call);
    }
}
