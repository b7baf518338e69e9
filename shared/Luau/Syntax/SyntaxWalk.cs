namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Looks at nodes. To look at what stands below one too, it visits the children.</summary>
public abstract class NodeVisitor
{
    /// <summary>Looks at a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="depth">How deep it stands, as the visitor counts that.</param>
    public abstract void Visit(SyntaxNode node, int depth);
}

/// <summary>Goes over the statements and expressions below a node. Types are left out: they run nothing.</summary>
public static class SyntaxWalk
{
    /// <summary>A node and everything below it, parents first.</summary>
    public static IEnumerable<SyntaxNode> Descendants(SyntaxNode root)
    {
        var pending = new Collector();
        pending.Nodes.Add(root);
        while (pending.Nodes.Count > 0)
        {
            var last = pending.Nodes.Count - 1;
            var node = pending.Nodes[last];
            pending.Nodes.RemoveAt(last);
            yield return node;
            VisitChildren(node, 0, pending);
            pending.Nodes.Reverse(last, pending.Nodes.Count - last);
        }
    }

    /// <summary>What stands directly below a node.</summary>
    public static IReadOnlyList<SyntaxNode> Children(SyntaxNode node)
    {
        var children = new Collector();
        VisitChildren(node, 0, children);
        return children.Nodes;
    }

    /// <summary>Has a visitor look at what stands directly below a node, in order, all at one depth.</summary>
    public static void VisitChildren(SyntaxNode node, int depth, NodeVisitor visitor)
    {
        switch (node.Kind)
        {
            case NodeKind.NameExpression or NodeKind.StringExpression or NodeKind.NumberExpression or NodeKind.BooleanExpression or NodeKind.NilExpression or NodeKind.VarargExpression:
                break;
            case NodeKind.Block:
                VisitAll(((Block)node).Statements, depth, visitor);
                break;
            case NodeKind.FunctionBody:
                visitor.Visit(((FunctionBody)node).Body, depth);
                break;
            case < NodeKind.ErrorExpression:
                VisitStatement(node, depth, visitor);
                break;
            default:
                VisitExpression(node, depth, visitor);
                break;
        }
    }

    private static void VisitStatement(SyntaxNode node, int depth, NodeVisitor visitor)
    {
        switch (node.Kind)
        {
            case NodeKind.LocalStatement:
                VisitAll(((LocalStatement)node).Values, depth, visitor);
                break;
            case NodeKind.LocalFunctionStatement:
                visitor.Visit(((LocalFunctionStatement)node).Function, depth);
                break;
            case NodeKind.FunctionStatement:
                var function = (FunctionStatement)node;
                visitor.Visit(function.Target, depth);
                visitor.Visit(function.Function, depth);
                break;
            case NodeKind.AssignStatement:
                var assign = (AssignStatement)node;
                VisitAll(assign.Targets, depth, visitor);
                VisitAll(assign.Values, depth, visitor);
                break;
            case NodeKind.CompoundAssignStatement:
                var compound = (CompoundAssignStatement)node;
                visitor.Visit(compound.Target, depth);
                visitor.Visit(compound.Value, depth);
                break;
            case NodeKind.CallStatement:
                visitor.Visit(((CallStatement)node).Call, depth);
                break;
            case NodeKind.ReturnStatement:
                VisitAll(((ReturnStatement)node).Values, depth, visitor);
                break;
            case NodeKind.ErrorStatement:
                VisitAll(((ErrorStatement)node).Expressions, depth, visitor);
                break;
            default:
                VisitBlocks(node, depth, visitor);
                break;
        }
    }

    private static void VisitBlocks(SyntaxNode node, int depth, NodeVisitor visitor)
    {
        switch (node)
        {
            case IfStatement choice:
                foreach (var (condition, body) in choice.Branches)
                {
                    visitor.Visit(condition, depth);
                    visitor.Visit(body, depth);
                }

                if (choice.Else is { } otherwise)
                {
                    visitor.Visit(otherwise, depth);
                }

                break;
            case DoStatement block:
                visitor.Visit(block.Body, depth);
                break;
            case WhileStatement loop:
                visitor.Visit(loop.Condition, depth);
                visitor.Visit(loop.Body, depth);
                break;
            case RepeatStatement loop:
                visitor.Visit(loop.Body, depth);
                visitor.Visit(loop.Condition, depth);
                break;
            case NumericForStatement loop:
                visitor.Visit(loop.From, depth);
                visitor.Visit(loop.To, depth);
                if (loop.Step is not null)
                {
                    visitor.Visit(loop.Step, depth);
                }

                visitor.Visit(loop.Body, depth);
                break;
            case GenericForStatement loop:
                VisitAll(loop.Iterators, depth, visitor);
                visitor.Visit(loop.Body, depth);
                break;
        }
    }

    private static void VisitExpression(SyntaxNode node, int depth, NodeVisitor visitor)
    {
        switch (node.Kind)
        {
            case NodeKind.MemberExpression:
                visitor.Visit(((MemberExpression)node).Object, depth);
                break;
            case NodeKind.IndexExpression:
                var index = (IndexExpression)node;
                visitor.Visit(index.Object, depth);
                visitor.Visit(index.Key, depth);
                break;
            case NodeKind.CallExpression:
                var call = (CallExpression)node;
                visitor.Visit(call.Function, depth);
                VisitAll(call.Arguments, depth, visitor);
                break;
            case NodeKind.MethodCallExpression:
                var method = (MethodCallExpression)node;
                visitor.Visit(method.Object, depth);
                VisitAll(method.Arguments, depth, visitor);
                break;
            case NodeKind.FunctionExpression:
                visitor.Visit(((FunctionExpression)node).Function, depth);
                break;
            case NodeKind.BinaryExpression:
                var binary = (BinaryExpression)node;
                visitor.Visit(binary.Left, depth);
                visitor.Visit(binary.Right, depth);
                break;
            case NodeKind.UnaryExpression:
                visitor.Visit(((UnaryExpression)node).Operand, depth);
                break;
            case NodeKind.TableExpression:
                foreach (var (key, value) in ((TableExpression)node).Fields)
                {
                    if (key is not null)
                    {
                        visitor.Visit(key, depth);
                    }

                    visitor.Visit(value, depth);
                }

                break;
            default:
                VisitRareExpression(node, depth, visitor);
                break;
        }
    }

    private static void VisitRareExpression(SyntaxNode node, int depth, NodeVisitor visitor)
    {
        switch (node)
        {
            case ParenthesizedExpression inner:
                visitor.Visit(inner.Inner, depth);
                break;
            case IfExpression choice:
                visitor.Visit(choice.Condition, depth);
                visitor.Visit(choice.Then, depth);
                visitor.Visit(choice.Else, depth);
                break;
            case InterpolatedStringExpression text:
                VisitAll(text.Holes, depth, visitor);
                break;
            case TypeAssertionExpression assertion:
                visitor.Visit(assertion.Value, depth);
                break;
            case InstantiateExpression instantiation:
                visitor.Visit(instantiation.Function, depth);
                break;
        }
    }

    private static void VisitAll<T>(SyntaxList<T> nodes, int depth, NodeVisitor visitor)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
        {
            visitor.Visit(node, depth);
        }
    }

    private sealed class Collector : NodeVisitor
    {
        public List<SyntaxNode> Nodes { get; } = [];

        public override void Visit(SyntaxNode node, int depth) => Nodes.Add(node);
    }
}
