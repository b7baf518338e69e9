using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How a ProcessReceipt callback confirms a purchase.</summary>
public sealed class ReceiptDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private bool usesPurchaseId;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Reads | Events.Flow;

    /// <inheritdoc/>
    public override void Read(EngineValue value, SyntaxNode node, bool isHidden) => usesPurchaseId |= value.Path == "Receipt.PurchaseId";

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        // A function of somebody else that is given the whole receipt may remember it.
        usesPurchaseId |= Array.Exists(call.Arguments, argument => argument is EngineValue { Path: "Receipt" }) && (call.Receiver is not null || !EngineResultsAreKnown(call.Path));
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

        if (!usesPurchaseId)
        {
            Report(Rules.UnsafeReceipt, node, "The purchase is confirmed without its PurchaseId being remembered, so it can be granted twice.");
        }
        else if (Join.Options(answer).Length == 1)
        {
            Report(Rules.UnsafeReceipt, node, "The purchase is always confirmed, even when granting it failed.");
        }
    }

    private static bool EngineResultsAreKnown(string path) => path is "print" or "warn" or "tostring" or "typeof" or "type" || path.StartsWith("string.", StringComparison.Ordinal) || path.StartsWith("table.", StringComparison.Ordinal);
}
