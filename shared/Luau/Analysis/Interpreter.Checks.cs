using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// What conditions say of values that clients sent: of the variable that was checked, of what it was made from, and of what was made from it.
public sealed partial class Interpreter
{
    // What a variable that is true says of others: after "local ok = check(x)", "if ok" is "if check(x)".
    private Dictionary<Symbol, List<Check>>? checks;

    // The variables that say whether all variadic arguments are right.
    private HashSet<Symbol>? answers;

    // The clients' values that a variable was made from.
    private Dictionary<Symbol, List<Symbol>>? sources;

    private readonly List<Check> said = [];
    private Func<Expression, FunctionBody?>? ownFunction;

    private void Check(Expression? condition, bool holds)
    {
        if (condition is null || !hasClients)
        {
            return;
        }

        foreach (var check in Said(condition, holds))
        {
            Apply(check);
            if (check is { Key: null, Proof: Proof.Whole } && sources is not null)
            {
                ApplyToKin(check, sources);
            }
        }

        if (frame.Varargs.Length > 0 && Validation.IsOfVarargs(condition, holds, answers))
        {
            for (var i = 0; i < frame.Varargs.Length; i++)
            {
                Write(new(frame, i), Validation.Checked(frame.Varargs[i], Proof.Whole));
            }
        }
    }

    private void Apply(Check check)
    {
        if (frame.Owner(check.Symbol) is not { } owner)
        {
            return;
        }

        var value = owner[check.Symbol];
        if (check.Key is { } key && value is TableValue table)
        {
            CheckEntries(table, key, check.Proof);
        }
        else if (Validation.Checked(value, check.Key is null ? check.Proof : Proof.Half) is var made && !ReferenceEquals(made, value))
        {
            Write(new(owner, check.Symbol), made);
        }
    }

    // A whole check of what was made of a value says one thing of the value; what was made of a checked one needs no other check.
    private void ApplyToKin(Check check, Dictionary<Symbol, List<Symbol>> kin)
    {
        foreach (var source in kin.GetValueOrDefault(check.Symbol) ?? [])
        {
            Apply(new(source, Proof.Half));
        }

        foreach (var (made, from) in kin)
        {
            // Of the same function: another one's variables are not in reach.
            if (from is [var only] && only == check.Symbol && made.FunctionDepth == only.FunctionDepth)
            {
                Apply(new(made, Proof.Whole));
            }
        }
    }

    // An entry was checked; each, when it isn't known which: a loop goes over them.
    private void CheckEntries(TableValue table, Expression key, Proof proof)
    {
        var known = key switch { NumberExpression number => number.Value, StringExpression text => text.Value, NameExpression { Symbol: { } symbol } => (frame[symbol] as ConstantValue)?.Content, _ => null };
        foreach (var (at, entry) in table.Entries.ToList())
        {
            if ((known is null || known.Equals(at)) && Validation.Checked(entry, proof) is var made && !ReferenceEquals(made, entry))
            {
                Write(new(table, at), made);
            }
        }
    }

    private void NoteChecks(LocalStatement local)
    {
        if (!hasClients || local.Values is not [var value] || value is NameExpression || local.Names[0].Symbol is not { } symbol)
        {
            return;
        }

        var found = Said(value, holds: true);
        if (IsLookUp(value))
        {
            found.Add(new(symbol, Proof.Whole));
        }

        if (Validation.IsOfVarargs(value, holds: true))
        {
            (answers ??= []).Add(symbol);
        }

        if (found.Count > 0)
        {
            (checks ??= [])[symbol] = [.. found];
        }

        if ((frame[symbol].Taint & Taint.Client) != Taint.None)
        {
            (sources ??= [])[symbol] = [.. SyntaxWalk.Descendants(value).OfType<NameExpression>().Select(name => name.Symbol).OfType<Symbol>().Where(IsOfClient).Distinct()];
        }
    }

    // What a condition says of variables, in a list that is filled anew each time.
    private List<Check> Said(Expression condition, bool holds)
    {
        said.Clear();
        Validation.Collect(condition, holds, said, new(checks, ownFunction ??= OwnFunction));
        return said;
    }

    // The function of the script's own that is called, where that can be told without calling.
    private FunctionBody? OwnFunction(Expression callee)
    {
        var (owner, name) = callee switch
        {
            NameExpression called => (called, null),
            MemberExpression { Object: NameExpression table, Name: var member } => (table, member),
            MethodCallExpression { Object: NameExpression table, Name: var method } => (table, method),
            _ => ((NameExpression?)null, (string?)null),
        };
        var value = owner?.Symbol is { } symbol ? frame[symbol] : null;
        return (name is null ? value : (value as TableValue)?.Get(name)) is FunctionValue function ? function.Body : null;
    }

    private bool IsOfClient(Symbol symbol) => (frame[symbol].Taint & Taint.Client) != Taint.None;

    // A place in a table of the server's own: what is found there was put there by the server.
    private bool IsLookUp(Expression value) => value switch
    {
        ParenthesizedExpression inner => IsLookUp(inner.Inner),
        BinaryExpression { Operator: BinaryOperator.And } both => IsLookUp(both.Right),
        IndexExpression index => RootOf(index) is { Symbol: { } table } && frame[table] is not EngineValue && !IsOfClient(table),
        _ => false,
    };

    private static NameExpression? RootOf(Expression expression) => expression switch
    {
        NameExpression name => name,
        IndexExpression index => RootOf(index.Object),
        MemberExpression member => RootOf(member.Object),
        _ => null,
    };
}
