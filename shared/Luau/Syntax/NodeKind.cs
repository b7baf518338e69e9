namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>What a node is: the name of its class; all types are one kind, because no pass but the resolver's looks at them.</summary>
public enum NodeKind : byte
{
    Binding, Block, FunctionAttribute, FunctionBody, GenericParameter, Type,

    ErrorStatement, LocalStatement, LocalFunctionStatement, FunctionStatement, AssignStatement, CompoundAssignStatement, CallStatement, DoStatement,
    WhileStatement, RepeatStatement, IfStatement, NumericForStatement, GenericForStatement, ReturnStatement, BreakStatement, ContinueStatement,
    TypeAliasStatement, TypeFunctionStatement,

    ErrorExpression, NilExpression, BooleanExpression, NumberExpression, StringExpression, InterpolatedStringExpression, VarargExpression,
    FunctionExpression, NameExpression, MemberExpression, IndexExpression, CallExpression, MethodCallExpression, InstantiateExpression, TableExpression,
    UnaryExpression, BinaryExpression, IfExpression, ParenthesizedExpression, TypeAssertionExpression,
}
