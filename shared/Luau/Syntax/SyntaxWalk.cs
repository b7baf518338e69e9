namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>A node, and how deep it stands as whoever walks counts that.</summary>
public readonly record struct NodeAt(SyntaxNode Node, int Depth);

/// <summary>Goes over the statements and expressions below a node. Types are left out: they run nothing.</summary>
public static class SyntaxWalk
{
    /// <summary>A node and everything below it, parents first.</summary>
    public static IEnumerable<SyntaxNode> Descendants(SyntaxNode root)
    {
        var pending = new List<NodeAt> { new(root, 0) };
        while (pending.Count > 0)
        {
            var last = pending.Count - 1;
            var (node, depth) = pending[last];
            pending.RemoveAt(last);
            yield return node;
            AddChildren(node, depth + 1, pending);
            pending.Reverse(last, pending.Count - last);
        }
    }

    /// <summary>What stands directly below a node.</summary>
    public static IEnumerable<SyntaxNode> Children(SyntaxNode node)
    {
        var children = new List<NodeAt>();
        AddChildren(node, 0, children);
        return children.Select(child => child.Node);
    }

    /// <summary>Adds what stands directly below a node to a list, all at one depth.</summary>
    public static void AddChildren(SyntaxNode node, int depth, List<NodeAt> children)
    {
        switch (node)
        {
            case Block block:
                AddAll(block.Statements, depth, children);
                break;
            case Statement statement:
                AddOfStatement(statement, depth, children);
                break;
            case Expression expression:
                AddOfExpression(expression, depth, children);
                break;
            case FunctionBody function:
                children.Add(new(function.Body, depth));
                break;
        }
    }

    private static void AddOfStatement(Statement statement, int depth, List<NodeAt> children)
    {
        switch (statement)
        {
            case LocalStatement local:
                AddAll(local.Values, depth, children);
                break;
            case LocalFunctionStatement function:
                children.Add(new(function.Function, depth));
                break;
            case FunctionStatement function:
                children.Add(new(function.Target, depth));
                children.Add(new(function.Function, depth));
                break;
            case AssignStatement assign:
                AddAll(assign.Targets, depth, children);
                AddAll(assign.Values, depth, children);
                break;
            case CompoundAssignStatement assign:
                children.Add(new(assign.Target, depth));
                children.Add(new(assign.Value, depth));
                break;
            case CallStatement call:
                children.Add(new(call.Call, depth));
                break;
            case ReturnStatement result:
                AddAll(result.Values, depth, children);
                break;
            case DoStatement block:
                children.Add(new(block.Body, depth));
                break;
            case IfStatement choice:
                foreach (var (condition, body) in choice.Branches)
                {
                    children.Add(new(condition, depth));
                    children.Add(new(body, depth));
                }

                if (choice.Else is { } otherwise)
                {
                    children.Add(new(otherwise, depth));
                }

                break;
            case ErrorStatement error:
                AddAll(error.Expressions, depth, children);
                break;
            default:
                AddOfLoop(statement, depth, children);
                break;
        }
    }

    private static void AddOfLoop(Statement statement, int depth, List<NodeAt> children)
    {
        switch (statement)
        {
            case WhileStatement loop:
                children.Add(new(loop.Condition, depth));
                children.Add(new(loop.Body, depth));
                break;
            case RepeatStatement loop:
                children.Add(new(loop.Body, depth));
                children.Add(new(loop.Condition, depth));
                break;
            case NumericForStatement loop:
                children.Add(new(loop.From, depth));
                children.Add(new(loop.To, depth));
                if (loop.Step is not null)
                {
                    children.Add(new(loop.Step, depth));
                }

                children.Add(new(loop.Body, depth));
                break;
            case GenericForStatement loop:
                AddAll(loop.Iterators, depth, children);
                children.Add(new(loop.Body, depth));
                break;
        }
    }

    private static void AddOfExpression(Expression expression, int depth, List<NodeAt> children)
    {
        switch (expression)
        {
            case InterpolatedStringExpression text:
                AddAll(text.Holes, depth, children);
                break;
            case FunctionExpression function:
                children.Add(new(function.Function, depth));
                break;
            case MemberExpression member:
                children.Add(new(member.Object, depth));
                break;
            case IndexExpression index:
                children.Add(new(index.Object, depth));
                children.Add(new(index.Key, depth));
                break;
            case CallExpression call:
                children.Add(new(call.Function, depth));
                AddAll(call.Arguments, depth, children);
                break;
            case MethodCallExpression call:
                children.Add(new(call.Object, depth));
                AddAll(call.Arguments, depth, children);
                break;
            case InstantiateExpression instantiation:
                children.Add(new(instantiation.Function, depth));
                break;
            case TableExpression table:
                foreach (var (key, value) in table.Fields)
                {
                    if (key is not null)
                    {
                        children.Add(new(key, depth));
                    }

                    children.Add(new(value, depth));
                }

                break;
            case UnaryExpression unary:
                children.Add(new(unary.Operand, depth));
                break;
            case BinaryExpression binary:
                children.Add(new(binary.Left, depth));
                children.Add(new(binary.Right, depth));
                break;
            case IfExpression choice:
                children.Add(new(choice.Condition, depth));
                children.Add(new(choice.Then, depth));
                children.Add(new(choice.Else, depth));
                break;
            case ParenthesizedExpression inner:
                children.Add(new(inner.Inner, depth));
                break;
            case TypeAssertionExpression assertion:
                children.Add(new(assertion.Value, depth));
                break;
        }
    }

    private static void AddAll<T>(SyntaxList<T> nodes, int depth, List<NodeAt> children)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
        {
            children.Add(new(node, depth));
        }
    }
}
