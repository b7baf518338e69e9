using System.Collections.Frozen;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Players who are written into the code, or a phrase that is, and what only they get by it.</summary>
public sealed class AdminDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // What changes a player or the game: whoever alone can do it has a right.
    private static readonly FrozenSet<string> Powers = new[]
    {
        "SetAttribute", "Kick", "BanAsync", "UnbanAsync", "Teleport", "TeleportAsync", "TeleportToPrivateServer", "LoadAsset", "PostAsync", "GetAsync", "RequestAsync", "EquipTool", "TakeDamage", "BreakJoints", "Shutdown", "AddTag",
    }.ToFrozenSet(StringComparer.Ordinal);

    // What is done to a player who isn't exempt.
    private static readonly FrozenSet<string> Punishments = new[] { "Kick", "BanAsync", "Ban" }.ToFrozenSet(StringComparer.Ordinal);

    // What only decorates.
    private static readonly FrozenSet<string> Looks = new[]
    {
        "Text", "TextColor3", "Color", "BrickColor", "TextSize", "Font", "Name", "Image", "Material", "TextTransparency", "BackgroundColor3",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Group ranks go to 255; ids of people are longer.
    private const double SmallestUserId = 10_000;

    private static readonly string[] OfPlayers = ["Backpack", "PlayerGui", "StarterGear", "Player"];

    private static readonly WordSet Rights = new(
        "admin", "admins", "administrator", "owner", "owners", "rank", "ranks", "moderator", "moderators", "mod", "mods", "god", "vip", "permission", "permissions", "perms", "staff", "superuser",
        "cmd", "cmds", "command", "commands", "privilege", "privileges", "powers", "superadmin", "whitelist", "whitelisted", "trusted", "developer", "root");

    // How far somebody may go, as a number.
    private static readonly WordSet Levels = new("level", "role", "tier", "access", "clearance");

    // What players want to have.
    private static readonly WordSet Goods = new(
        "coins", "coin", "cash", "money", "gems", "gold", "points", "credits", "bucks", "xp", "inventory", "items", "tools", "weapons", "gamepass", "gamepasses", "tokens");

    private static readonly WordSet Ranks = new(
        "admin", "admins", "administrator", "owner", "owners", "moderator", "moderators", "superuser", "superadmin", "isadmin", "whitelist", "whitelisted", "god");

    private static readonly WordSet Gives = new("give", "make", "grant", "set", "add", "promote", "assign");

    // How a function is called that says who may do something.
    private static readonly WordSet May = new("can", "may", "owns", "allowed", "allows", "permits");

    private static readonly WordSet Titles = new("admin", "admins", "owner", "superadmin", "moderator", "rank");

    // What is shown of a player, and what takes from one instead of giving.
    private static readonly WordSet Shown = new(
        "title", "tag", "badge", "color", "colour", "label", "nickname", "scale", "size", "text", "font", "language", "locale", "volume", "muted", "mute", "banned", "jailed", "frozen", "blocked");

    private static readonly FrozenSet<string> Decorations = new[]
    {
        "new BillboardGui", "new SurfaceGui", "new ScreenGui", "new TextLabel", "new ImageLabel", "new Frame", "new ParticleEmitter", "new Trail", "new Sparkles", "new Highlight", "new PointLight", "new Fire", "new Smoke", "new UIStroke", "new UIGradient",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly WordSet Ornaments = new(
        "title", "tag", "badge", "gui", "billboard", "label", "crown", "hat", "halo", "aura", "trail", "particles", "sparkles", "effect", "nameplate", "overhead", "glow");

    private List<(SyntaxNode Node, Value Guard)>? phrases;

    // What statements under a guard speak of: a callback's are met several times.
    private Dictionary<(Statement Statement, bool IsNamed), (bool IsRight, bool IsRank)>? spoken;
    private bool asksRank;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Writes | Events.Flow;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Path.StartsWith("module", StringComparison.Ordinal) && HandsOverPeople(call))
        {
            Report(Rules.AdminGrant, call.Node, "Players named in the code are handed over as those with rights.");
        }

        asksRank |= call.Name is "GetRankInGroup" or "IsInGroup" or "GetRoleInGroup" or "GetRankInGroupAsync" or "IsInGroupAsync";
        if (call.Name == "insert" && call.Arguments is [EngineValue list, ..] && IsList(list.Path) && call.Arguments[^1] is ConstantValue { Content: var person } && People.IsNamed(person))
        {
            Report(Rules.AdminGrant, call.Node, "A player named in the code is put on a list of those with rights.");
        }

        if (call.Name == "SetAttribute" && call.Receiver is { Path: "Player", Taint: var taint } && (taint & Taint.Named) != Taint.None)
        {
            Grant(call.Receiver, call.Node, isRank: true);
        }

        var isShown = call.Name == "SetAttribute" && Says(Shown, Operators.TextOf(call.Argument(0)));
        if (call.Name == "SetAttribute" && !isShown && (call.Argument(1).Taint & Taint.Named) != Taint.None && (call.Receiver is { Path: "Player" } || Says(Rights, Operators.TextOf(call.Argument(0)))))
        {
            Grant(call.Argument(1), call.Node, isRank: true);
        }

        var isOfPlayer = call.Receiver is { Path: "Player" } || Array.Exists(call.Arguments, argument => argument is EngineValue { Path: "Player" });
        var isRankGiven = isOfPlayer && (call.Name == "SetAttribute" ? Says(Ranks, Operators.TextOf(call.Argument(0))) && call.Argument(1) is ConstantValue { Content: true or double or string } : Gives.HasFirst(call.Name) && Says(Titles, call.Name));
        if (call.Moment.Guard is { } exempt && IsExemption(exempt))
        {
            if (Punishments.Contains(call.Name) && call.Receiver is { Path: "Player" or "?" })
            {
                Report(Rules.AdminGrant, call.Node, "Everybody is sent away but who is named in the code.", exempt);
            }

            return;
        }

        if (call.Moment.Guard is not { } guard)
        {
            if (isRankGiven && Conditions.Of(Tree.Root, call.Node).ToList() is var asked && (asked.Count == 0 || asked.Exists(Conditions.IsPassword)))
            {
                (phrases ??= []).Add((call.Node, call.Receiver ?? (Value)UnknownValue.Plain));
            }

            return;
        }

        // To send a named player away is a ban, not a right.
        var isBan = call.Name is "Kick" && ReferenceEquals(call.Receiver, guard.Trace?.Owner);
        if (call.Path is "loadstring" || (call.Path == "require" && call.Argument(0) is not EngineValue) || (Powers.Contains(call.Name) && call.Receiver is not null && !isBan && !isShown))
        {
            Grant(guard, call.Node, isRank: call.Path == "loadstring" || call.Name == "SetAttribute" && Says(Ranks, Operators.TextOf(call.Argument(0))));
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        if (IsList(write.Target.Path) && (write.Key is ConstantValue { Content: double } id && People.IsNamed(id.Content) || (write.Key is ConstantValue { Content: string } && write.Value is ConstantValue { Content: double or true } && write.Target.Path.StartsWith("module", StringComparison.Ordinal))))
        {
            Report(Rules.AdminGrant, write.Node, "A player named in the code is put on a list of those with rights.");
        }

        // Written into a player who is looked up by name, or into what belongs to one.
        if (write.Target.Path.StartsWith("Player", StringComparison.Ordinal) && (write.Target.Taint & Taint.Named) != Taint.None && !Looks.Contains(write.Member))
        {
            Grant(write.Target, write.Node, isRank: true);
        }

        // What is true only for who is named becomes a right.
        if ((write.Value.Taint & Taint.Named) != Taint.None && (Says(Rights, write.Member) || (write.Member == "Value" && Says(Rights, write.Target.Name))))
        {
            Grant(write.Value, write.Node, isRank: true);
        }

        if (write.Value is EngineValue { Taint: var taint } named && (taint & Taint.Named) != Taint.None && write.Member == "Parent")
        {
            Grant(named, write.Node, isRank: true);
        }

        if ((write.Value.Taint & Taint.Named) != Taint.None && write.Member == "Value" && (write.Target.Path is "new IntValue" or "new NumberValue" || write.Target.Path.StartsWith("Player.", StringComparison.Ordinal)))
        {
            Grant(write.Value, write.Node, isRank: false);
        }

        if (write.Moment.Guard is not { } guard || IsExemption(guard) || Decorations.Contains(write.Target.Path) || (write.Member == "Parent" && Says(Ornaments, write.Target.Name)))
        {
            return;
        }

        var isGift = write.Member == "Parent" && write.Value is EngineValue home && OfPlayers.Any(place => home.Path.Contains(place, StringComparison.Ordinal));
        if (isGift || !(Looks.Contains(write.Member) || Says(Shown, write.Member)))
        {
            Grant(guard, write.Node, isRank: isGift && Says(Ranks, write.Target.Path));
        }
    }

    /// <inheritdoc/>
    public override void Guarded(Statement statement, Value guard)
    {
        if (IsExemption(guard) || statement is ReturnStatement or IfStatement or LocalStatement)
        {
            return;
        }

        var place = (statement, (guard.Taint & Taint.Named) != Taint.None);
        spoken ??= [];
        if (!spoken.TryGetValue(place, out var about))
        {
            spoken[place] = about = SpokenOf(statement, place.Item2);
        }

        if (about.IsRight)
        {
            Grant(guard, statement, about.IsRank);
        }
    }

    // Whether a statement speaks of rights, or of what players want; whether it names a rank first.
    private static (bool IsRight, bool IsRank) SpokenOf(Statement statement, bool isNamed)
    {
        var isRank = false;
        var isRight = SyntaxWalk.Descendants(statement).Any(node =>
        {
            var name = node switch
            {
                NameExpression { Name: var called } => called,
                MemberExpression { Name: var member } => member,
                MethodCallExpression { Name: var method } => method,
                StringExpression { Value: { Length: <= 40 } text } => text,
                _ => null,
            };
            isRank |= node is not StringExpression && Says(Ranks, name);
            return Says(Rights, name) || (isNamed && node is not StringExpression && Says(Goods, name));
        });
        return (isRight, isRank);
    }

    /// <inheritdoc/>
    public override void Returned(FunctionValue function, Value answer)
    {
        if (function.Name is { Length: > 0 } name && Join.Options(answer).FirstOrDefault(option => (option.Taint & Taint.Named) != Taint.None) is { } named && (May.HasFirst(name) || Says(Rights, name) || Says(Levels, name)))
        {
            Grant(named, function.Body, isRank: true);
        }
    }

    /// <inheritdoc/>
    public override void Finished()
    {
        foreach (var (node, guard) in phrases is null || asksRank || AsksOwner() ? [] : phrases)
        {
            Report(Rules.AdminGrant, node, "Anyone gets rights here, or whoever knows a phrase of the code.", guard);
        }
    }

    // Whose experience or server it is, Roblox says.
    private bool AsksOwner() => Tree.Source.Text.Contains("CreatorId", StringComparison.Ordinal) || Tree.Source.Text.Contains("ServerOwnerId", StringComparison.Ordinal);

    // Whether all pass but who is named.
    private static bool IsExemption(Value guard) => (guard.Taint & (Taint.Named | Taint.Phrase)) == Taint.None;

    private void Grant(Value guard, SyntaxNode node, bool isRank)
    {
        if ((guard.Taint & (Taint.Named | Taint.NotNamed)) != Taint.None)
        {
            Report(Rules.AdminGrant, node, "A player named in the code gets rights that others don't have.", guard);
        }
        else if (isRank)
        {
            (phrases ??= []).Add((node, guard));
        }
    }

    private static bool HandsOverPeople(EngineCall call) =>
        Array.Exists(call.Arguments, argument => argument is TableValue settings && (NamesPeople(settings) || (Says(Ranks, call.Name) && IsOfPeople(settings))));

    // A list of people under a name that says what they may.
    private static bool NamesPeople(TableValue settings)
    {
        foreach (var (name, value) in settings.Named)
        {
            if (Says(Ranks, name) && value is TableValue list && IsOfPeople(list))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfPeople(TableValue list)
    {
        foreach (var item in list.Items)
        {
            if (item is ConstantValue { Content: double and >= SmallestUserId or string { Length: >= 3 } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsList(string path) => path.Contains('.') && !path.StartsWith("new ", StringComparison.Ordinal) && Says(Ranks, path[(path.LastIndexOf('.') + 1)..]);

    private static bool Says(WordSet words, string? name) => name is not null && words.HasAny(name);
}
