namespace ToolboxAI.Tests.House;

/// <summary>Each house rule holds for the repository, and is seen to fail on a planted violation.</summary>
public sealed class HouseRulesTests
{
    private const string Sample = """{ "Values": { "ServiceBusConnection": "", "Messaging__Queues": "email" } }""";

    private static readonly Dictionary<string, Func<SourceTree, IEnumerable<Violation>>> Rules = new()
    {
        [nameof(SizeRules.FilesAreShort)] = SizeRules.FilesAreShort,
        [nameof(SizeRules.MethodsAreShort)] = SizeRules.MethodsAreShort,
        [nameof(SizeRules.ConstructorsAskForLittle)] = SizeRules.ConstructorsAskForLittle,
        [nameof(LayoutRules.ArrowsPointDown)] = LayoutRules.ArrowsPointDown,
        [nameof(LayoutRules.ProjectsPointDown)] = LayoutRules.ProjectsPointDown,
        [nameof(LayoutRules.UsingsAreSorted)] = LayoutRules.UsingsAreSorted,
        [nameof(LayoutRules.NobodyKnowsTheBuild)] = LayoutRules.NobodyKnowsTheBuild,
        [nameof(LayoutRules.NamesSaySomething)] = LayoutRules.NamesSaySomething,
        [nameof(LayoutRules.NothingIsUnfinished)] = LayoutRules.NothingIsUnfinished,
        [nameof(FunctionRules.EveryHttpFunctionDeclaresItsAccess)] = FunctionRules.EveryHttpFunctionDeclaresItsAccess,
        [nameof(FunctionRules.TheHostFindsEveryFunction)] = FunctionRules.TheHostFindsEveryFunction,
        [nameof(FunctionRules.FunctionNamesAreUnique)] = FunctionRules.FunctionNamesAreUnique,
        [nameof(FunctionRules.OrchestratorsAreDeterministic)] = FunctionRules.OrchestratorsAreDeterministic,
        [nameof(FunctionRules.NothingRunsInTheBackground)] = FunctionRules.NothingRunsInTheBackground,
        [nameof(DataRules.SqlTakesTimeAsAParameter)] = DataRules.SqlTakesTimeAsAParameter,
        [nameof(DataRules.SettingsAreDescribed)] = DataRules.SettingsAreDescribed,
        [nameof(DataRules.QueuesAreDescribed)] = DataRules.QueuesAreDescribed,
    };

    private static readonly Lazy<SourceTree> Repository = new(SourceTree.Load);

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory, MemberData(nameof(RuleNames))]
    public void The_repository_keeps_the_rule(string rule)
    {
        var violations = Rules[rule](Repository.Value).Select(violation => violation.ToString()).ToList();

        Assert.True(violations.Count == 0, $"{rule}:\n{string.Join('\n', violations)}");
    }

    [Fact]
    public void The_repository_is_what_is_read()
    {
        Assert.Contains(Repository.Value.Files, file => file.Path == "functions/Program.cs");
        Assert.Contains(Repository.Value.Files, file => file.IsUnder("shared"));
        Assert.NotEmpty(FunctionRules.Functions(Repository.Value));
    }

    public static TheoryData<string, string, string> Planted => new()
    {
        { nameof(SizeRules.FilesAreShort), "shared/Long.cs", new string('\n', 301) + "class A;" },
        { nameof(SizeRules.MethodsAreShort), "shared/Long.cs", $"class A {{ void M() {{ {new string('\n', 61)} }} }}" },
        { nameof(SizeRules.ConstructorsAskForLittle), "shared/A.cs", "class A(int a, int b, int c, int d, int e, int f, int g);" },
        { nameof(SizeRules.ConstructorsAskForLittle), "shared/A.cs", "class A { A(int a, int b, int c, int d, int e, int f, int g) { } }" },
        { nameof(LayoutRules.ArrowsPointDown), "shared/A.cs", "using ToolboxAI.Functions.Billing;" },
        { nameof(LayoutRules.ArrowsPointDown), "durable/A.cs", "class A { ToolboxAI.Functions.B b; }" },
        { nameof(LayoutRules.ArrowsPointDown), "local/A.cs", "using ToolboxAI.Shared.Billing;" },
        { nameof(LayoutRules.ProjectsPointDown), "shared/A.csproj", """<ProjectReference Include="../durable/B.csproj" />""" },
        { nameof(LayoutRules.ProjectsPointDown), "local/X/A.csproj", """<ProjectReference Include="../../shared/B.csproj" />""" },
        { nameof(LayoutRules.UsingsAreSorted), "shared/A.cs", "using Azure;\nusing System.Text;" },
        { nameof(LayoutRules.UsingsAreSorted), "shared/A.cs", "using System.Text;\nusing B.A;\nusing B;" },
        { nameof(LayoutRules.NobodyKnowsTheBuild), "shared/A.cs", "using ToolboxAI.Local.DurableTask;" },
        { nameof(LayoutRules.NobodyKnowsTheBuild), "shared/A.cs", "#if LOCAL\n#endif" },
        { nameof(LayoutRules.NamesSaySomething), "shared/Utils/A.cs", "class A;" },
        { nameof(LayoutRules.NamesSaySomething), "shared/A.cs", "class StringHelper;" },
        { nameof(LayoutRules.NothingIsUnfinished), "shared/A.cs", "// TO" + "DO: later" },
        { nameof(LayoutRules.NothingIsUnfinished), "shared/A.cs", "class A { int B() => throw new NotImplementedException(); }" },
        { nameof(LayoutRules.NothingIsUnfinished), "shared/A.cs", "class A { void B() { try { } catch (System.Exception) { } } }" },
        { nameof(FunctionRules.EveryHttpFunctionDeclaresItsAccess), "functions/A.cs", """public class A { [Function("A")] public void Run([HttpTrigger("get")] object r) { } }""" },
        { nameof(FunctionRules.TheHostFindsEveryFunction), "functions/A.cs", """class A { [Function("A")] public void Run() { } }""" },
        { nameof(FunctionRules.TheHostFindsEveryFunction), "functions/A.cs", """public class B { public class A { [Function("A")] public void Run() { } } }""" },
        { nameof(FunctionRules.TheHostFindsEveryFunction), "functions/A.cs", """public class A { [Function("A")] public void Run() { } public void Run(int a) { } }""" },
        { nameof(FunctionRules.FunctionNamesAreUnique), "functions/A.cs", """public class A { [Function("A")] public void Run() { } [Function("a")] public void Walk() { } }""" },
        { nameof(FunctionRules.OrchestratorsAreDeterministic), "durable/A.cs", """public static class A { [Function("A")] public static void Run([OrchestrationTrigger] object c) { var t = DateTimeOffset.UtcNow; } }""" },
        { nameof(FunctionRules.OrchestratorsAreDeterministic), "durable/A.cs", """public static class A { [Function("A")] public static void Run([OrchestrationTrigger] object c) { var t = new Random(); } }""" },
        { nameof(FunctionRules.NothingRunsInTheBackground), "shared/A.cs", "class A : BackgroundService;" },
        { nameof(FunctionRules.NothingRunsInTheBackground), "shared/A.cs", "class A { void B() { Task.Run(() => { }); } }" },
        { nameof(DataRules.SqlTakesTimeAsAParameter), "shared/Data/Migrations/0001_a.sql", "CREATE TABLE a (at timestamptz DEFAULT now());" },
        { nameof(DataRules.SqlTakesTimeAsAParameter), "shared/A.cs", "class A { string Sql = \"UPDATE a SET at = current_timestamp\"; }" },
        { nameof(DataRules.SettingsAreDescribed), "functions/A.cs", """public class A { public void Run([ServiceBusTrigger("email", Connection = "Other")] string m) { } }""" },
        { nameof(DataRules.SettingsAreDescribed), "functions/A.cs", """public class A { public void Run([TimerTrigger("%Sweep__Schedule%")] string m) { } }""" },
        { nameof(DataRules.QueuesAreDescribed), "functions/A.cs", """public class A { public void Run([ServiceBusTrigger("sms", Connection = "ServiceBusConnection")] string m) { } }""" },
    };

    [Theory, MemberData(nameof(Planted))]
    public void A_planted_violation_is_found(string rule, string path, string text)
    {
        var tree = new SourceTree([new(path, text), new("local.settings.sample.json", Sample)]);

        Assert.NotEmpty(Rules[rule](tree));
    }

    [Fact]
    public void Every_rule_is_seen_to_fail()
    {
        var planted = Planted.Select(row => row.Data.Item1).ToHashSet();

        Assert.All(Rules.Keys, rule => Assert.Contains(rule, planted));
    }
}
