namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class SqlParser
{
    /// <summary>A property's scope (<c>sys</c>, <c>user</c> or none) and name.</summary>
    private (string? Scope, string Name) Property(bool toSet = false)
    {
        var first = Expect(SqlTokenKind.Word, SqlTokenKind.Quoted).Text;
        if (!TakeSymbol("."))
        {
            return (null, first);
        }

        var second = Expect(SqlTokenKind.Word, SqlTokenKind.Quoted).Text;
        var isScope = SqlProperties.IsSystem(first) || first.Equals("user", StringComparison.OrdinalIgnoreCase);
        SqlProperties.Check(first, second, toSet);
        return isScope ? (first, second) : (null, $"{first}.{second}");
    }

    private bool TakeWord(string keyword)
    {
        if (!Current.IsWord(keyword))
        {
            return false;
        }

        at++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            return false;
        }

        at++;
        return true;
    }

    private void ExpectWord(string keyword)
    {
        if (!TakeWord(keyword))
        {
            throw Unexpected(keyword);
        }
    }

    private void ExpectSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw Unexpected(symbol);
        }
    }

    private SqlToken Expect(params SqlTokenKind[] kinds) => kinds.Contains(Current.Kind) ? tokens[at++] : throw Unexpected(kinds[0].ToString());

    private FormatException Unexpected(string expected) =>
        new($"The expression has '{(Current.Kind == SqlTokenKind.End ? "its end" : Current.Text)}' where {expected} should stand.");
}
