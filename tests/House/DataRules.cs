using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ToolboxAI.Tests.House;

/// <summary>Time is a parameter of SQL, and what code names in the environment is described there.</summary>
public static partial class DataRules
{
    /// <summary>SQL outside local/ never reads the server's clock: the moved clock and the tests decide what time it is.</summary>
    public static IEnumerable<Violation> SqlTakesTimeAsAParameter(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsUnder("shared", "durable", "functions", "tests/Support")))
        {
            if (file.Path.EndsWith(".sql", StringComparison.Ordinal))
            {
                foreach (var (line, number) in file.Text.Split('\n').Select((line, index) => (line, index + 1)))
                {
                    if (ServerClock().IsMatch(SqlComment().Replace(line, "")))
                    {
                        yield return new(file.Path, number, $"SQL reads the server's clock: {line.Trim()}");
                    }
                }
            }
            else if (file.IsCSharp)
            {
                foreach (var token in file.Root.DescendantTokens().Where(IsText).Where(token => ServerClock().IsMatch(token.ValueText) && SqlWord().IsMatch(token.ValueText)))
                {
                    yield return new(file.Path, token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "SQL reads the server's clock: time is a parameter");
                }
            }
        }
    }

    /// <summary>Every setting that a trigger or binding names stands in local.settings.sample.json and, once it exists, in bicep/.</summary>
    public static IEnumerable<Violation> SettingsAreDescribed(SourceTree tree)
    {
        var sample = SampleValues(tree);
        var bicep = string.Concat(tree.Files.Where(file => file.Path.EndsWith(".bicep", StringComparison.Ordinal)).Select(file => file.Text));
        foreach (var (file, line, setting) in NamedSettings(tree))
        {
            if (!sample.ContainsKey(setting) && !sample.ContainsKey(WithoutIdentity(setting)))
            {
                yield return new(file.Path, line, $"the setting {setting} is not in local.settings.sample.json");
            }
            else if (bicep.Length > 0 && !bicep.Contains(WithoutIdentity(setting), StringComparison.Ordinal))
            {
                yield return new(file.Path, line, $"the setting {setting} is not in bicep/");
            }
        }
    }

    /// <summary>Every queue that a trigger or output names stands in the sample's Messaging__Queues and, once it exists, in bicep/.</summary>
    public static IEnumerable<Violation> QueuesAreDescribed(SourceTree tree)
    {
        var declared = SampleValues(tree).GetValueOrDefault("Messaging__Queues", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var bicep = string.Concat(tree.Files.Where(file => file.Path.EndsWith(".bicep", StringComparison.Ordinal)).Select(file => file.Text));
        var constants = StringConstants(tree);
        foreach (var (file, attribute) in Attributes(tree, "ServiceBusTrigger", "ServiceBusOutput"))
        {
            var expression = attribute.ArgumentList!.Arguments[0].Expression;
            var queue = expression is LiteralExpressionSyntax literal
                ? literal.Token.ValueText
                : constants.GetValueOrDefault(expression.ToString().Split('.')[^1], expression.ToString());
            if (!declared.Contains(queue))
            {
                yield return new(file.Path, SourceFile.LineOf(attribute), $"the queue {queue} is not in Messaging__Queues of local.settings.sample.json");
            }
            else if (bicep.Length > 0 && !bicep.Contains(queue, StringComparison.Ordinal))
            {
                yield return new(file.Path, SourceFile.LineOf(attribute), $"the queue {queue} is not in bicep/");
            }
        }
    }

    // On Azure a connection X is given by identity, as X__fullyQualifiedNamespace and the like; locally X itself is.
    private static string WithoutIdentity(string setting) => IdentitySuffix().Replace(setting, "");

    private static IEnumerable<(SourceFile File, int Line, string Setting)> NamedSettings(SourceTree tree)
    {
        foreach (var (file, attribute) in Attributes(tree, "ServiceBusTrigger", "ServiceBusOutput", "BlobTrigger", "BlobInput", "BlobOutput", "QueueTrigger", "QueueOutput", "TimerTrigger"))
        {
            foreach (var argument in attribute.ArgumentList!.Arguments)
            {
                if (argument.NameEquals?.Name.ToString() == "Connection" && argument.Expression is LiteralExpressionSyntax connection)
                {
                    yield return (file, SourceFile.LineOf(attribute), connection.Token.ValueText);
                }

                foreach (Match setting in PercentSetting().Matches(argument.Expression.ToString()))
                {
                    yield return (file, SourceFile.LineOf(attribute), setting.Groups[1].Value.Replace(":", "__"));
                }
            }
        }

        foreach (var file in tree.Files.Where(file => file.IsCSharp && file.IsProduct))
        {
            // Configuration["X"] and GetValue<T>("X"): a setting read by hand.
            foreach (var index in file.Root.DescendantNodes().OfType<ElementAccessExpressionSyntax>()
                .Where(index => index.Expression.ToString().EndsWith("onfiguration", StringComparison.Ordinal)))
            {
                if (index.ArgumentList.Arguments[0].Expression is LiteralExpressionSyntax { Token.ValueText: var key })
                {
                    yield return (file, SourceFile.LineOf(index), key.Replace(":", "__"));
                }
            }
        }
    }

    private static IEnumerable<(SourceFile File, AttributeSyntax Attribute)> Attributes(SourceTree tree, params string[] names) =>
        from file in tree.Files
        where file.IsCSharp && file.IsProduct
        from attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>()
        where names.Contains(attribute.Name.ToString()) && attribute.ArgumentList is not null
        select (file, attribute);

    private static Dictionary<string, string> StringConstants(SourceTree tree) =>
        (from file in tree.Files
         where file.IsCSharp && file.IsProduct
         from field in file.Root.DescendantNodes().OfType<FieldDeclarationSyntax>()
         where field.Modifiers.Any(SyntaxKind.ConstKeyword)
         from variable in field.Declaration.Variables
         where variable.Initializer?.Value is LiteralExpressionSyntax
         group ((LiteralExpressionSyntax)variable.Initializer!.Value).Token.ValueText by variable.Identifier.Text)
        .ToDictionary(same => same.Key, same => same.First());

    private static Dictionary<string, string> SampleValues(SourceTree tree)
    {
        using var sample = JsonDocument.Parse(tree.Find("local.settings.sample.json")!.Text);
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString() ?? "");
    }

    private static bool IsText(SyntaxToken token) =>
        token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken;

    [GeneratedRegex(@"\b(now\s*\(\s*\)|clock_timestamp\s*\(|statement_timestamp\s*\(|transaction_timestamp\s*\(|current_timestamp\b|localtimestamp\b|current_date\b|current_time\b)", RegexOptions.IgnoreCase)]
    private static partial Regex ServerClock();

    [GeneratedRegex(@"\b(select|insert|update|delete|where|values|default)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SqlWord();

    [GeneratedRegex("__(fullyQualifiedNamespace|accountName|blobServiceUri|queueServiceUri|tableServiceUri)$")]
    private static partial Regex IdentitySuffix();

    [GeneratedRegex("--.*$")]
    private static partial Regex SqlComment();

    [GeneratedRegex("%([A-Za-z0-9_:]+)%")]
    private static partial Regex PercentSetting();
}
