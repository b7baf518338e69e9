namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// What becomes of a mail, decided by the recipient's address: the part before the <c>@</c>, or before a <c>+</c> in it.
/// <list type="table">
/// <item><term><c>bounce</c></term><description>The server refuses it for good; the address is suppressed from then on.</description></item>
/// <item><term><c>blocked</c></term><description>The server refuses this mail (a bounce of type <c>blocked</c>); nothing is suppressed.</description></item>
/// <item><term><c>drop</c></term><description>Accepted and then dropped, as for an address that is suppressed already.</description></item>
/// <item><term><c>defer</c></term><description>Deferred once, delivered 5 minutes later.</description></item>
/// <item><term><c>spam</c></term><description>Delivered, then reported as spam; the address is suppressed from then on.</description></item>
/// <item><term><c>silent</c></term><description>Delivered, and no event says so.</description></item>
/// <item><term>any other</term><description>Delivered.</description></item>
/// </list>
/// </summary>
internal enum AddressBehaviour
{
    Deliver,
    Bounce,
    Block,
    Drop,
    Defer,
    Spam,
    Silent,
}

internal static class AddressBehaviours
{
    public static AddressBehaviour Of(string address) => address.Split('@', '+')[0].ToLowerInvariant() switch
    {
        "bounce" => AddressBehaviour.Bounce,
        "blocked" => AddressBehaviour.Block,
        "drop" => AddressBehaviour.Drop,
        "defer" => AddressBehaviour.Defer,
        "spam" => AddressBehaviour.Spam,
        "silent" => AddressBehaviour.Silent,
        _ => AddressBehaviour.Deliver,
    };
}
