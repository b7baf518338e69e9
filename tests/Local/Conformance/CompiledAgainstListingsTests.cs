using System.Reflection;
using Microsoft.CodeAnalysis;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>
/// The product's sources, type-checked against the official surface instead of the stand-ins: what the <c>Azure</c> build's compiler
/// would say, but for what the listings don't tell (nullability) and what source generators write.
/// </summary>
public sealed class CompiledAgainstListingsTests
{
    private static readonly Lazy<ListingCompilation?> Official = new(() => OfficialApi.Read() is { } official ? ListingCompilation.Of(official, ConformanceTests.StandIns.Select(standIn => Assembly.Load(standIn.Data))) : null);

    [Fact]
    public void The_product_compiles_against_the_official_surface()
    {
        Assert.SkipWhen(Official.Value is null, "../shared is absent.");

        foreach (var (project, kind) in new[] { ("shared", OutputKind.DynamicallyLinkedLibrary), ("durable", OutputKind.DynamicallyLinkedLibrary), ("functions", OutputKind.ConsoleApplication) })
        {
            var errors = Official.Value.Compile(project, Sources(project).Select(file => (file, File.ReadAllText(file))), kind);

            Assert.True(errors.Count == 0, string.Join('\n', errors.Take(40)));
        }
    }

    /// <summary>Code that only a stand-in would take, and what the compiler says of it.</summary>
    [Theory]
    [InlineData("class A { object M(Microsoft.Azure.Functions.Worker.FunctionContext c) => c.Instance; }", "'FunctionContext' does not contain a definition for 'Instance'")]
    [InlineData("class A { void M(Azure.Messaging.ServiceBus.ServiceBusSender s) => s.SendMessageAsync(\"text\"); }", "cannot convert from 'string' to 'Azure.Messaging.ServiceBus.ServiceBusMessage'")]
    [InlineData("class A { object M() => new Stripe.CustomerService(\"key\", 1, 2, 3); }", "'CustomerService' does not contain a constructor that takes 4 arguments")]
    [InlineData("class A { object M() => ToolboxAI.Local.DurableTask.Hub.Open(); }", "'Local' does not exist in the namespace 'ToolboxAI'")]
    public void Code_that_the_official_packages_would_not_take_is_refused(string code, string error)
    {
        Assert.SkipWhen(Official.Value is null, "../shared is absent.");

        Assert.Contains(Official.Value.Compile("planted", [("planted.cs", code)], OutputKind.DynamicallyLinkedLibrary), said => said.Contains(error, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources(string project)
    {
        var folder = Path.Combine(Repository.Root, project);
        string[] built = [Path.Combine(folder, "bin"), Path.Combine(folder, "obj")];
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !built.Any(other => file.StartsWith(other, StringComparison.Ordinal)))
            .Concat(Directory.EnumerateFiles(Path.Combine(folder, "obj", "Local"), "*.GlobalUsings.g.cs", SearchOption.AllDirectories).Take(1));
    }
}
