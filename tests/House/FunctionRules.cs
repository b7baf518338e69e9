using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ToolboxAI.Tests.House;

/// <summary>What the real Functions host needs of function classes, and what we need of them.</summary>
public static class FunctionRules
{
    private static readonly string[] AccessPolicies = ["Needs", "Anonymous", "SignedWebhook"];
    private static readonly string[] NotDeterministic = ["DateTime.UtcNow", "DateTime.Now", "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "Guid.NewGuid", "Guid.CreateVersion7", ".CancelAsync", ".ConfigureAwait", "Task.Delay", "Task.Run", "Random.Shared", "Stopwatch.GetTimestamp", "Environment.GetEnvironmentVariable"];
    private static readonly string[] Background = ["IHostedService", "BackgroundService", "PeriodicTimer", "System.Threading.Timer", "AddHostedService"];

    /// <summary>Every HTTP function declares who may call it.</summary>
    public static IEnumerable<Violation> EveryHttpFunctionDeclaresItsAccess(SourceTree tree) =>
        from function in Functions(tree)
        where function.Method.ParameterList.Parameters.Any(parameter => Has(parameter.AttributeLists, "HttpTrigger"))
        where !AccessPolicies.Any(policy => Has(function.Method.AttributeLists, policy))
        select new Violation(function.File.Path, SourceFile.LineOf(function.Method), $"{function.Method.Identifier} declares no access policy ({string.Join(", ", AccessPolicies)})");

    /// <summary>The host drops internal functions without a warning, and fails calls of nested or overloaded ones.</summary>
    public static IEnumerable<Violation> TheHostFindsEveryFunction(SourceTree tree)
    {
        foreach (var (file, method) in Functions(tree))
        {
            var line = SourceFile.LineOf(method);
            var type = (TypeDeclarationSyntax)method.Parent!;
            if (!method.Modifiers.Any(SyntaxKind.PublicKeyword) || !type.Modifiers.Any(SyntaxKind.PublicKeyword))
            {
                yield return new(file.Path, line, $"{type.Identifier}.{method.Identifier} and its class must be public");
            }

            if (type.Parent is TypeDeclarationSyntax)
            {
                yield return new(file.Path, line, $"{type.Identifier} is nested");
            }

            if (type.Members.OfType<MethodDeclarationSyntax>().Count(other => other.Identifier.Text == method.Identifier.Text) > 1)
            {
                yield return new(file.Path, line, $"{method.Identifier} is overloaded");
            }
        }
    }

    /// <summary>Function names are unique without regard to case.</summary>
    public static IEnumerable<Violation> FunctionNamesAreUnique(SourceTree tree) =>
        from function in Functions(tree)
        group function by NameOf(function.Method).ToUpperInvariant() into same
        where same.Count() > 1
        from function in same.Skip(1)
        select new Violation(function.File.Path, SourceFile.LineOf(function.Method), $"the function name {NameOf(function.Method)} is used twice");

    /// <summary>An orchestrator is replayed: it may only ask its context for time, ids and waits.</summary>
    public static IEnumerable<Violation> OrchestratorsAreDeterministic(SourceTree tree)
    {
        var orchestrators = Functions(tree)
            .Where(function => function.Method.ParameterList.Parameters.Any(parameter => Has(parameter.AttributeLists, "OrchestrationTrigger")))
            .Select(function => (function.File, Type: (SyntaxNode)function.Method.Parent!));
        foreach (var (file, type) in orchestrators)
        {
            foreach (var node in type.DescendantNodes())
            {
                if (node is MemberAccessExpressionSyntax member && NotDeterministic.FirstOrDefault(name => member.ToString().EndsWith(name, StringComparison.Ordinal)) is { } banned)
                {
                    yield return new(file.Path, SourceFile.LineOf(node), $"{banned} in an orchestrator");
                }

                if (node is ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "Random" } })
                {
                    yield return new(file.Path, SourceFile.LineOf(node), "Random in an orchestrator");
                }
            }
        }
    }

    /// <summary>A function app scales to zero: what runs beside a trigger is lost. Timers and queues do that work.</summary>
    public static IEnumerable<Violation> NothingRunsInTheBackground(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsCSharp && file.IsProduct))
        {
            foreach (var name in file.Root.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => Background.Contains(name.Identifier.Text)))
            {
                yield return new(file.Path, SourceFile.LineOf(name), $"{name.Identifier.Text} outside local/");
            }

            foreach (var call in file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Where(call => call.ToString() is "Task.Run" or "ThreadPool.QueueUserWorkItem" or "Task.Factory.StartNew"))
            {
                yield return new(file.Path, SourceFile.LineOf(call), $"{call} outside local/");
            }
        }
    }

    internal static IEnumerable<(SourceFile File, MethodDeclarationSyntax Method)> Functions(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp && file.IsProduct
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where Has(method.AttributeLists, "Function")
        select (file, method);

    internal static bool Has(SyntaxList<AttributeListSyntax> lists, string name) => Find(lists, name) is not null;

    internal static AttributeSyntax? Find(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(list => list.Attributes).FirstOrDefault(attribute => attribute.Name.ToString() == name || attribute.Name.ToString() == name + "Attribute");

    private static string NameOf(MethodDeclarationSyntax method)
    {
        var argument = Find(method.AttributeLists, "Function")!.ArgumentList!.Arguments[0].Expression;
        return argument switch
        {
            LiteralExpressionSyntax literal => literal.Token.ValueText,
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } name => name.ArgumentList.Arguments[0].ToString(),
            _ => argument.ToString(),
        };
    }
}
