namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>
/// Gives each name its declaration by Luau's scopes, and finds the two mistakes that need them: assigning a <c>const</c>, and an
/// <c>until</c> that reads a local which a <c>continue</c> may have jumped over.
/// </summary>
internal sealed partial class Resolver
{
    private readonly Action<int, string> fail;

    private readonly VisibleSymbols visible = new();

    // The first token of the innermost loop's continue; nothing outside of loops, the largest number when there is none.
    private int? firstContinue;
    private int functionDepth;
    private int nextIndex;

    private Resolver(Action<int, string> fail) => this.fail = fail;

    /// <summary>Resolves a script; the number of declarations at its top level.</summary>
    public static int Resolve(Block root, Action<int, string> fail)
    {
        var resolver = new Resolver(fail);
        resolver.Statements(root);
        return resolver.nextIndex;
    }

    private void Declare(Binding binding) => binding.Symbol = Declare(binding.Name, binding.First, binding.IsConst);

    private Symbol Declare(string name, int token, bool isConst = false)
    {
        var symbol = new Symbol(name, token, functionDepth, nextIndex++, isConst);
        visible.Add(symbol);
        return symbol;
    }

    private void Scope(Block block)
    {
        var mark = visible.Count;
        Statements(block);
        visible.Shrink(mark);
    }

    private void Statements(Block block)
    {
        foreach (var statement in block.Statements)
        {
            Visit(statement);
        }
    }

    private void Loop(Block body)
    {
        var outer = firstContinue;
        firstContinue = int.MaxValue;
        Scope(body);
        firstContinue = outer;
    }

    private void Visit(Statement statement)
    {
        switch (statement.Kind)
        {
            case NodeKind.LocalStatement:
                var local = (LocalStatement)statement;
                VisitAll(local.Values);
                DeclareAll(local.Names);
                break;
            case NodeKind.CallStatement:
                Visit(((CallStatement)statement).Call);
                break;
            case NodeKind.AssignStatement:
                var assign = (AssignStatement)statement;
                VisitAll(assign.Values);
                foreach (var target in assign.Targets)
                {
                    VisitTarget(target, isFunction: false);
                }

                break;
            case NodeKind.CompoundAssignStatement:
                var compound = (CompoundAssignStatement)statement;
                Visit(compound.Value);
                VisitTarget(compound.Target, isFunction: false);
                break;
            case NodeKind.ReturnStatement:
                VisitAll(((ReturnStatement)statement).Values);
                break;
            case NodeKind.LocalFunctionStatement or NodeKind.FunctionStatement or NodeKind.TypeFunctionStatement:
                VisitFunction(statement);
                break;
            case NodeKind.ContinueStatement:
                firstContinue = firstContinue is { } earlier ? Math.Min(earlier, statement.First) : null;
                break;
            case NodeKind.TypeAliasStatement:
                Visit(((TypeAliasStatement)statement).Type);
                break;
            case NodeKind.ErrorStatement:
                VisitAll(((ErrorStatement)statement).Expressions);
                break;
            default:
                VisitCompound(statement);
                break;
        }
    }

    private void VisitFunction(Statement statement)
    {
        switch (statement)
        {
            case LocalFunctionStatement local:
                Declare(local.Name);
                Visit(local.Function, self: null);
                break;
            case FunctionStatement function:
                VisitTarget(function.Target, isFunction: true);
                function.Self = Visit(function.Function, function.IsMethod ? "self" : null);
                break;
            case TypeFunctionStatement function:
                Visit(function.Function, self: null);
                break;
        }
    }

    private void VisitCompound(Statement statement)
    {
        var mark = visible.Count;
        switch (statement)
        {
            case DoStatement block:
                Statements(block.Body);
                break;
            case WhileStatement loop:
                Visit(loop.Condition);
                Loop(loop.Body);
                break;
            case RepeatStatement loop:
                VisitRepeat(loop);
                break;
            case IfStatement choice:
                foreach (var branch in choice.Branches)
                {
                    Visit(branch.Condition);
                    Scope(branch.Body);
                }

                if (choice.Else is { } otherwise)
                {
                    Scope(otherwise);
                }

                break;
            case NumericForStatement loop:
                Visit(loop.From);
                Visit(loop.To);
                VisitOptional(loop.Step);
                Declare(loop.Variable);
                Loop(loop.Body);
                break;
            case GenericForStatement loop:
                VisitAll(loop.Iterators);
                DeclareAll(loop.Variables);
                Loop(loop.Body);
                break;
        }

        visible.Shrink(mark);
    }

    private void DeclareAll(SyntaxList<Binding> names)
    {
        foreach (var name in names)
        {
            VisitOptional(name.Type);
            Declare(name);
        }
    }

    private void VisitRepeat(RepeatStatement loop)
    {
        var outerContinue = firstContinue;
        firstContinue = int.MaxValue;
        Statements(loop.Body);
        jumpedFrom = firstContinue.Value;
        firstContinue = outerContinue;
        var outer = untilOf;
        untilOf = loop;
        Visit(loop.Condition);
        untilOf = outer;
    }
}
