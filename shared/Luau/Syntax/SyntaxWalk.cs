namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Goes over the statements and expressions below a node. Types are left out: they run nothing.</summary>
public static class SyntaxWalk
{
    /// <summary>A node and everything below it, parents first.</summary>
    public static IEnumerable<SyntaxNode> Descendants(SyntaxNode root)
    {
        var pending = new Stack<SyntaxNode>();
        var children = new List<SyntaxNode>();
        pending.Push(root);
        while (pending.TryPop(out var node))
        {
            yield return node;
            children.Clear();
            AddChildren(node, children);
            for (var i = children.Count - 1; i >= 0; i--)
            {
                pending.Push(children[i]);
            }
        }
    }

    /// <summary>What stands directly below a node.</summary>
    public static IReadOnlyList<SyntaxNode> Children(SyntaxNode node)
    {
        var children = new List<SyntaxNode>();
        AddChildren(node, children);
        return children;
    }

    /// <summary>Adds what stands directly below a node to a list.</summary>
    public static void AddChildren(SyntaxNode node, List<SyntaxNode> children)
    {
        switch (node)
        {
            case Block block:
                AddAll(block.Statements, children);
                break;
            case Statement statement:
                AddOfStatement(statement, children);
                break;
            case Expression expression:
                AddOfExpression(expression, children);
                break;
            case FunctionBody function:
                children.Add(function.Body);
                break;
        }
    }

    private static void AddOfStatement(Statement statement, List<SyntaxNode> children)
    {
        switch (statement)
        {
            case LocalStatement local:
                AddAll(local.Values, children);
                break;
            case LocalFunctionStatement function:
                children.Add(function.Function);
                break;
            case FunctionStatement function:
                children.Add(function.Target);
                children.Add(function.Function);
                break;
            case AssignStatement assign:
                AddAll(assign.Targets, children);
                AddAll(assign.Values, children);
                break;
            case CompoundAssignStatement assign:
                children.Add(assign.Target);
                children.Add(assign.Value);
                break;
            case CallStatement call:
                children.Add(call.Call);
                break;
            case ReturnStatement result:
                AddAll(result.Values, children);
                break;
            case DoStatement block:
                children.Add(block.Body);
                break;
            case IfStatement choice:
                foreach (var (condition, body) in choice.Branches)
                {
                    children.Add(condition);
                    children.Add(body);
                }

                if (choice.Else is { } otherwise)
                {
                    children.Add(otherwise);
                }

                break;
            case ErrorStatement error:
                AddAll(error.Expressions, children);
                break;
            default:
                AddOfLoop(statement, children);
                break;
        }
    }

    private static void AddOfLoop(Statement statement, List<SyntaxNode> children)
    {
        switch (statement)
        {
            case WhileStatement loop:
                children.Add(loop.Condition);
                children.Add(loop.Body);
                break;
            case RepeatStatement loop:
                children.Add(loop.Body);
                children.Add(loop.Condition);
                break;
            case NumericForStatement loop:
                children.Add(loop.From);
                children.Add(loop.To);
                if (loop.Step is not null)
                {
                    children.Add(loop.Step);
                }

                children.Add(loop.Body);
                break;
            case GenericForStatement loop:
                AddAll(loop.Iterators, children);
                children.Add(loop.Body);
                break;
        }
    }

    private static void AddOfExpression(Expression expression, List<SyntaxNode> children)
    {
        switch (expression)
        {
            case InterpolatedStringExpression text:
                AddAll(text.Holes, children);
                break;
            case FunctionExpression function:
                children.Add(function.Function);
                break;
            case MemberExpression member:
                children.Add(member.Object);
                break;
            case IndexExpression index:
                children.Add(index.Object);
                children.Add(index.Key);
                break;
            case CallExpression call:
                children.Add(call.Function);
                AddAll(call.Arguments, children);
                break;
            case MethodCallExpression call:
                children.Add(call.Object);
                AddAll(call.Arguments, children);
                break;
            case InstantiateExpression instantiation:
                children.Add(instantiation.Function);
                break;
            case TableExpression table:
                foreach (var (key, value) in table.Fields)
                {
                    if (key is not null)
                    {
                        children.Add(key);
                    }

                    children.Add(value);
                }

                break;
            case UnaryExpression unary:
                children.Add(unary.Operand);
                break;
            case BinaryExpression binary:
                children.Add(binary.Left);
                children.Add(binary.Right);
                break;
            case IfExpression choice:
                children.Add(choice.Condition);
                children.Add(choice.Then);
                children.Add(choice.Else);
                break;
            case ParenthesizedExpression inner:
                children.Add(inner.Inner);
                break;
            case TypeAssertionExpression assertion:
                children.Add(assertion.Value);
                break;
        }
    }

    private static void AddAll<T>(SyntaxList<T> nodes, List<SyntaxNode> children)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
        {
            children.Add(node);
        }
    }
}
