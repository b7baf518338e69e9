using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Players who are written into the code and get rights by it. Looks at the tree alone.</summary>
public static class AdminDetector
{
    private static readonly string[] Identities = ["UserId", "userId", "Name", "DisplayName"];
    private static readonly string[] Rights = ["loadstring", "require", "GetObjects", "PostAsync", "GetAsync"];
    private static readonly string[] Words = ["admin", "owner", "rank", "moderator", "god", "vip", "permission", "kick", "ban", "cmd", "command"];

    /// <summary>The findings in a script.</summary>
    public static IEnumerable<Finding> Find(SyntaxTree tree)
    {
        var literalTables = LiteralTables(tree);
        foreach (var choice in SyntaxWalk.Descendants(tree.Root).OfType<IfStatement>())
        {
            foreach (var branch in choice.Branches)
            {
                if (NamesAPerson(branch.Condition, literalTables) && Grants(tree, branch.Body))
                {
                    var span = tree.SpanOf(branch.Condition);
                    yield return new(Rules.AdminGrant, span, "A player named in the code gets rights that others don't have.", [new(span, "the player is named here"), new(tree.SpanOf(branch.Body), "and gets rights here")]);
                }
            }
        }
    }

    // Tables of user ids or names that stand in the script.
    private static HashSet<Symbol> LiteralTables(SyntaxTree tree) =>
        [.. SyntaxWalk.Descendants(tree.Root).OfType<LocalStatement>()
            .SelectMany(local => local.Names.Zip(local.Values))
            .Where(pair => pair.Second is TableExpression { Fields.Count: > 0 } table && table.Fields.All(IsPerson))
            .Select(pair => pair.First.Symbol!)];

    private static bool IsPerson(TableField field) => (field.Key ?? field.Value) is NumberExpression { Value: >= 10_000 } || (field.Key, field.Value) is (StringExpression, BooleanExpression) or (null, StringExpression);

    private static bool NamesAPerson(Expression condition, HashSet<Symbol> tables) => SyntaxWalk.Descendants(condition).Any(node => node switch
    {
        BinaryExpression { Operator: BinaryOperator.Equal } comparison =>
            (IsIdentity(comparison.Left) && IsLiteral(comparison.Right)) || (IsIdentity(comparison.Right) && IsLiteral(comparison.Left)),
        IndexExpression { Object: NameExpression { Symbol: { } table }, Key: var key } => tables.Contains(table) && IsIdentity(key),
        CallExpression { Function: MemberExpression { Name: "find" }, Arguments: [NameExpression { Symbol: { } table }, var sought, ..] } => tables.Contains(table) && IsIdentity(sought),
        _ => false,
    });

    private static bool IsIdentity(Expression expression) => expression switch
    {
        MemberExpression member => Identities.Contains(member.Name),
        CallExpression { Function: NameExpression { Name: "tostring" or "tonumber" }, Arguments: [var inner] } => IsIdentity(inner),
        MethodCallExpression { Name: "lower" or "upper", Object: var inner } => IsIdentity(inner),
        ParenthesizedExpression inner => IsIdentity(inner.Inner),
        _ => false,
    };

    private static bool IsLiteral(Expression expression) => expression is NumberExpression { Value: >= 10_000 } or StringExpression { Value.Length: > 2 };

    private static bool Grants(SyntaxTree tree, Block body) => SyntaxWalk.Descendants(body).Any(node => node switch
    {
        NameExpression name => Rights.Contains(name.Name) || HasWord(name.Name),
        MemberExpression member => HasWord(member.Name),
        MethodCallExpression call => Rights.Contains(call.Name) || HasWord(call.Name) || call.Name == "LoadAsset",
        StringExpression text => HasWord(text.Value),
        _ => false,
    });

    private static bool HasWord(string name) => Words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
