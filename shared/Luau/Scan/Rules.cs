namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>All rules. Ids never change their meaning; a rule that is dropped leaves its id unused.</summary>
public static class Rules
{
    // Code that comes from elsewhere.
    public static readonly Rule LoadString = new("remote-code-loadstring", Severity.Error, 94, "A text is run as code", "Write the code into the script, or choose among functions of your own by name.");
    public static readonly Rule RequireAsset = new("remote-code-require-asset", Severity.Error, 829, "A module is fetched by asset id", "Put the module into the experience and require that; an asset's owner can change it at any time.");
    public static readonly Rule InsertAsset = new("remote-code-insert-asset", Severity.Warning, 829, "An asset is inserted while the game runs", "Put the model into the experience when you build it, and review its scripts.");
    public static readonly Rule ForeignHost = new("remote-code-foreign-host", Severity.Error, 918, "HTTP goes to a host that isn't on the allow-list", "Call hosts of your own only, or have the host added to the project's allow-list.");
    public static readonly Rule UnknownHost = new("remote-code-unknown-host", Severity.Warning, 918, "HTTP goes to a host that can't be told", "Write the address's host as a literal, so that a reader can see where data goes.");

    // Doors that somebody left open.
    public static readonly Rule HiddenRemote = new("backdoor-hidden-remote", Severity.Error, 912, "A remote is made where nobody looks for it", "Create remotes in Studio, in ReplicatedStorage, under a name that says what they do.");
    public static readonly Rule AdminGrant = new("backdoor-admin-grant", Severity.Error, 798, "A player written into the code gets special rights", "Give rights by group rank or from a list that the owner can see and change.");
    public static readonly Rule HiddenByBlanks = new("backdoor-hidden-by-blanks", Severity.Error, 506, "Code stands far outside of the visible lines", "Remove it, or bring it where a reader sees it.");
    public static readonly Rule Homoglyph = new("backdoor-homoglyph", Severity.Warning, 1007, "Characters look like others or can't be seen", "Write the text with ordinary letters.");
    public static readonly Rule SelfReplication = new("backdoor-self-replication", Severity.Error, 506, "A script copies itself or writes other scripts", "Remove it; a script never needs to spread.");
    public static readonly Rule Obfuscated = new("backdoor-obfuscated", Severity.Warning, 506, "The script is written so that it can't be read", "Replace it by its readable source.");
    public static readonly Rule HiddenName = new("backdoor-hidden-name", Severity.Error, 506, "A dangerous function is reached through a name that is put together", "Call it by its plain name, or not at all.");
    public static readonly Rule Environment = new("backdoor-environment", Severity.Warning, 913, "The script reaches into function environments", "Use locals and modules; getfenv and setfenv also switch off optimisation.");

    // What clients send.
    public static readonly Rule UnvalidatedArgument = new("remote-unvalidated-argument", Severity.Error, 20, "What a client sent is used unchecked", "Check type, range and right on the server before the value is used.");

    // Stored data.
    public static readonly Rule DataStoreUnprotected = new("data-store-unprotected", Severity.Warning, 755, "A data store call isn't protected against failure", "Wrap it in pcall, retry with a growing pause, and don't lose the value.");
    public static readonly Rule DataStoreLostUpdate = new("data-store-lost-update", Severity.Warning, 362, "A stored value is read and written in two steps", "Use UpdateAsync, which does both at once.");
    public static readonly Rule DataStoreInLoop = new("data-store-in-loop", Severity.Warning, 770, "Data store calls run in a loop without a pause", "Save less often, or wait between calls; the budget is shared with the whole game.");

    // People.
    public static readonly Rule PlayerDataLeaves = new("privacy-player-data-leaves", Severity.Error, 359, "Data about a player leaves the experience", "Send a random id of your own instead, and nothing that a player wrote.");
    public static readonly Rule UnsafeReceipt = new("receipt-unsafe", Severity.Error, 841, "A purchase is confirmed before it is safely granted", "Grant and store first, remember the PurchaseId, and answer PurchaseGranted only after that succeeded.");
    public static readonly Rule InfiniteYield = new("infinite-yield", Severity.Warning, 835, "The script can wait for ever or never gives way", "Give WaitForChild a time-out, and put task.wait into endless loops.");
    public static readonly Rule OutsideLink = new("child-safety-outside-link", Severity.Error, 1021, "Players are sent outside of Roblox", "Remove the link; only Roblox's own social link feature may lead outside.");
    public static readonly Rule UnfilteredText = new("child-safety-unfiltered-text", Severity.Error, 1173, "What a player wrote is shown to others unfiltered", "Pass it through TextService:FilterStringAsync for each receiver.");
    public static readonly Rule ContactSolicitation = new("child-safety-contact", Severity.Error, 1021, "Players are asked for a way to reach them", "Remove it; asking children for contact details is not allowed.");

    /// <summary>Every rule, by id.</summary>
    public static IReadOnlyDictionary<string, Rule> All { get; } = typeof(Rules).GetFields()
        .Where(field => field.FieldType == typeof(Rule))
        .Select(field => (Rule)field.GetValue(null)!)
        .ToDictionary(rule => rule.Id, StringComparer.Ordinal);
}
