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
        switch (node.Kind)
        {
            case NodeKind.NameExpression or NodeKind.StringExpression or NodeKind.NumberExpression or NodeKind.BooleanExpression or NodeKind.NilExpression or NodeKind.VarargExpression:
                break;
            case NodeKind.Block:
                AddAll(((Block)node).Statements, depth, children);
                break;
            case NodeKind.FunctionBody:
                children.Add(new(((FunctionBody)node).Body, depth));
                break;
            case < NodeKind.ErrorExpression:
                AddOfStatement(node, depth, children);
                break;
            default:
                AddOfExpression(node, depth, children);
                break;
        }
    }

    private static void AddOfStatement(SyntaxNode node, int depth, List<NodeAt> children)
    {
        switch (node.Kind)
        {
            case NodeKind.LocalStatement:
                AddAll(((LocalStatement)node).Values, depth, children);
                break;
            case NodeKind.LocalFunctionStatement:
                children.Add(new(((LocalFunctionStatement)node).Function, depth));
                break;
            case NodeKind.FunctionStatement:
                var function = (FunctionStatement)node;
                children.Add(new(function.Target, depth));
                children.Add(new(function.Function, depth));
                break;
            case NodeKind.AssignStatement:
                var assign = (AssignStatement)node;
                AddAll(assign.Targets, depth, children);
                AddAll(assign.Values, depth, children);
                break;
            case NodeKind.CompoundAssignStatement:
                var compound = (CompoundAssignStatement)node;
                children.Add(new(compound.Target, depth));
                children.Add(new(compound.Value, depth));
                break;
            case NodeKind.CallStatement:
                children.Add(new(((CallStatement)node).Call, depth));
                break;
            case NodeKind.ReturnStatement:
                AddAll(((ReturnStatement)node).Values, depth, children);
                break;
            case NodeKind.ErrorStatement:
                AddAll(((ErrorStatement)node).Expressions, depth, children);
                break;
            default:
                AddOfBlocks(node, depth, children);
                break;
        }
    }

    private static void AddOfBlocks(SyntaxNode node, int depth, List<NodeAt> children)
    {
        switch (node)
        {
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
            case DoStatement block:
                children.Add(new(block.Body, depth));
                break;
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

    private static void AddOfExpression(SyntaxNode node, int depth, List<NodeAt> children)
    {
        switch (node.Kind)
        {
            case NodeKind.MemberExpression:
                children.Add(new(((MemberExpression)node).Object, depth));
                break;
            case NodeKind.IndexExpression:
                var index = (IndexExpression)node;
                children.Add(new(index.Object, depth));
                children.Add(new(index.Key, depth));
                break;
            case NodeKind.CallExpression:
                var call = (CallExpression)node;
                children.Add(new(call.Function, depth));
                AddAll(call.Arguments, depth, children);
                break;
            case NodeKind.MethodCallExpression:
                var method = (MethodCallExpression)node;
                children.Add(new(method.Object, depth));
                AddAll(method.Arguments, depth, children);
                break;
            case NodeKind.FunctionExpression:
                children.Add(new(((FunctionExpression)node).Function, depth));
                break;
            case NodeKind.BinaryExpression:
                var binary = (BinaryExpression)node;
                children.Add(new(binary.Left, depth));
                children.Add(new(binary.Right, depth));
                break;
            case NodeKind.UnaryExpression:
                children.Add(new(((UnaryExpression)node).Operand, depth));
                break;
            case NodeKind.TableExpression:
                foreach (var (key, value) in ((TableExpression)node).Fields)
                {
                    if (key is not null)
                    {
                        children.Add(new(key, depth));
                    }

                    children.Add(new(value, depth));
                }

                break;
            default:
                AddOfRareExpression(node, depth, children);
                break;
        }
    }

    private static void AddOfRareExpression(SyntaxNode node, int depth, List<NodeAt> children)
    {
        switch (node)
        {
            case ParenthesizedExpression inner:
                children.Add(new(inner.Inner, depth));
                break;
            case IfExpression choice:
                children.Add(new(choice.Condition, depth));
                children.Add(new(choice.Then, depth));
                children.Add(new(choice.Else, depth));
                break;
            case InterpolatedStringExpression text:
                AddAll(text.Holes, depth, children);
                break;
            case TypeAssertionExpression assertion:
                children.Add(new(assertion.Value, depth));
                break;
            case InstantiateExpression instantiation:
                children.Add(new(instantiation.Function, depth));
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
