namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class SqlParser
{
    /// <summary>Reads an action: <c>SET name = expression; REMOVE name …</c>. The semicolons may be left out.</summary>
    /// <exception cref="FormatException">The text is no action.</exception>
    public static Action<BusMessage> Action(string text, IReadOnlyDictionary<string, object> parameters)
    {
        var parser = new SqlParser(text, parameters);
        var steps = new List<Action<BusMessage>>();
        while (parser.Current.Kind != SqlTokenKind.End)
        {
            steps.Add(parser.Step());
            parser.TakeSymbol(";");
        }

        return message => steps.ForEach(step => step(message));
    }

    private Action<BusMessage> Step()
    {
        if (TakeWord("SET"))
        {
            var (scope, name) = Property(toSet: true);
            ExpectSymbol("=");
            var value = Sum();
            return message => SqlProperties.Set(message, scope, name, value(message));
        }

        ExpectWord("REMOVE");
        var (removedScope, removed) = Property(toSet: true);
        return message => SqlProperties.Set(message, removedScope, removed, null);
    }
}
