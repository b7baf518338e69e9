using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How a ProcessReceipt callback confirms a purchase.</summary>
public sealed class ReceiptDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private bool usesPurchaseId;
    private bool hasMemory;
    private SyntaxNode? confirming;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads | Events.Flow;

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden) => usesPurchaseId |= value.Path == "Receipt.PurchaseId";

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        // A function of somebody else that is given the receipt, or a part of it, may remember it.
        var isStore = call.Receiver is { } store && (store.Path.StartsWith("DataStore.", StringComparison.Ordinal) || store.Path.StartsWith("MemoryStore", StringComparison.Ordinal));
        var isOther = call.Receiver is { Path: "?" } || call.Path.StartsWith("module", StringComparison.Ordinal) || (call.Receiver is null && !call.Path.Contains('.') && !IsOfLanguage(call.Path));
        hasMemory |= isStore || isOther;
        usesPurchaseId |= isOther && Array.Exists(call.Arguments, argument => argument is EngineValue { Path: "Receipt" });
    }

    /// <inheritdoc/>
    public override void Answered(string callback, Value answer, SyntaxNode node)
    {
        if (callback != "ProcessReceipt")
        {
            return;
        }

        var answers = Join.Options(answer).OfType<EngineValue>().Select(option => option.Name).ToHashSet();
        if (!answers.Contains("PurchaseGranted"))
        {
            return;
        }

        confirming = node;
        if (!usesPurchaseId)
        {
            Report(Rules.UnsafeReceipt, node, "The purchase is confirmed without its PurchaseId being remembered, so it can be granted twice.");
        }
        else if (!hasMemory)
        {
            Report(Rules.UnsafeReceipt, node, "The PurchaseId is remembered in this server only, so another server can grant the purchase again.");
        }
        else if (Join.Options(answer).Length == 1)
        {
            Report(Rules.UnsafeReceipt, node, "The purchase is always confirmed, even when granting it failed.");
        }
    }

    /// <inheritdoc/>
    public override void Finished()
    {
        if (confirming is null)
        {
            return;
        }

        foreach (var statement in SyntaxWalk.Descendants(confirming))
        {
            if (statement is IfStatement choice && choice.Branches.Any(branch => IsAbsence(branch.Condition) && IsGranted(branch.Body)))
            {
                Report(Rules.UnsafeReceipt, choice, "The purchase is confirmed though the player who made it isn't there.");
            }

            var call = statement switch
            {
                CallStatement { Call: CallExpression done } => done,
                LocalStatement { Names: [{ Symbol: { } outcome }, ..], Values: [CallExpression tried] } when !IsAsked(outcome) => tried,
                _ => null,
            };
            if (call is not null && call.Arguments.Any(argument => SyntaxWalk.Descendants(argument).Any(IsWrite)))
            {
                CheckWrite(call, statement);
            }
        }
    }

    private void CheckWrite(CallExpression call, SyntaxNode statement)
    {
        switch (call.Function)
        {
            case NameExpression { Name: "pcall" or "xpcall" }:
                Report(Rules.UnsafeReceipt, statement, "The purchase is confirmed whether or not it could be stored.");
                break;
            case NameExpression { Name: "spawn" or "delay" } or MemberExpression { Object: NameExpression { Name: "task" }, Name: "spawn" or "defer" or "delay" }:
                Report(Rules.UnsafeReceipt, statement, "The purchase is confirmed before it is stored.");
                break;
        }
    }

    // Whether anything depends on an outcome: a condition, a result, or what is computed from it.
    private bool IsAsked(Symbol outcome) => SyntaxWalk.Descendants(confirming!).Any(node => node switch
    {
        IfStatement choice => choice.Branches.Any(branch => Has(branch.Condition, outcome)),
        LocalStatement local => local.Values.Any(value => Has(value, outcome)),
        AssignStatement assign => assign.Values.Any(value => Has(value, outcome)),
        ReturnStatement result => result.Values.Any(value => Has(value, outcome)),
        WhileStatement { Condition: var condition } => Has(condition, outcome),
        RepeatStatement { Condition: var condition } => Has(condition, outcome),
        CallExpression { Function: NameExpression { Name: "assert" }, Arguments: var arguments } => arguments.Any(argument => Has(argument, outcome)),
        _ => false,
    });

    // Whether a condition holds when the buyer was not found.
    private bool IsAbsence(Expression condition) => condition switch
    {
        ParenthesizedExpression inner => IsAbsence(inner.Inner),
        UnaryExpression { Operator: UnaryOperator.Not, Operand: NameExpression { Symbol: { } buyer } } => IsBuyer(buyer),
        BinaryExpression { Operator: BinaryOperator.Equal, Left: NameExpression { Symbol: { } buyer }, Right: NilExpression } => IsBuyer(buyer),
        _ => false,
    };

    private bool IsBuyer(Symbol symbol) => SyntaxWalk.Descendants(confirming!).Any(node =>
        node is LocalStatement { Names: [{ Symbol: { } named }], Values: [MethodCallExpression { Name: "GetPlayerByUserId" }] } && named == symbol);

    private static bool IsGranted(Block body) => body.Statements is [ReturnStatement { Values: [MemberExpression { Name: "PurchaseGranted" }] }];

    private static bool Has(Expression expression, Symbol symbol) => SyntaxWalk.Descendants(expression).Any(node => node is NameExpression name && name.Symbol == symbol);

    private static bool IsWrite(SyntaxNode node) => node is MethodCallExpression { Name: "SetAsync" or "UpdateAsync" or "IncrementAsync" } or MemberExpression { Name: "SetAsync" or "UpdateAsync" or "IncrementAsync" };

    private static bool IsOfLanguage(string path) => path is "print" or "warn" or "error" or "tostring" or "tonumber" or "typeof" or "type" or "require" or "assert" or "tick" or "time" or "wait" or "unpack" or "next" or "pairs" or "ipairs" or "select";
}
