using System.Text;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Remotes that a script makes where nobody looks for them, or under a name that can't be seen.</summary>
public sealed class RemoteDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    // Where a game keeps its own remotes.
    private static readonly string[] UsualHomes = ["ReplicatedStorage", "ReplicatedFirst", "script", "Player", "module", "?"];

    // In a usual home, and yet nobody looks: Roblox's own folders.
    private static readonly string[] Thickets = ["DefaultChatSystemChatEvents", "RobloxReplicatedStorage", "Player.Character", "Player.Backpack", "Player.StarterGear"];

    private const int MaxContainers = 8;

    private Dictionary<string, HashSet<string>>? homes;
    private List<(string Home, SyntaxNode Node)>? remotes;

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Writes;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Path == "Instance.new" && Operators.TextOf(call.Argument(0)) is { } made)
        {
            foreach (var home in Join.Options(call.Argument(1)).OfType<EngineValue>())
            {
                Put("new " + made, home.Path, call.Node);
            }
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        if (write.Member == "Parent")
        {
            foreach (var home in Join.Options(write.Value).OfType<EngineValue>())
            {
                Put(write.Target.Path, home.Path, write.Node);
            }
        }

        if (write.Member == "Name" && IsRemote(write.Target.Path) && Operators.TextOf(write.Value) is { } name && !CanBeSeen(name))
        {
            Report(Rules.HiddenRemote, write.Node, "A remote gets a name that can't be seen.");
        }
    }

    /// <inheritdoc/>
    public override void Finished()
    {
        foreach (var (home, node) in remotes ?? [])
        {
            if (Hidden(home, MaxContainers) is { } hidden)
            {
                Report(Rules.HiddenRemote, node, $"A remote is put into {hidden} while the game runs.");
            }
        }
    }

    private static bool IsRemote(string path) => path is "new RemoteEvent" or "new RemoteFunction" or "new UnreliableRemoteEvent";

    private void Put(string path, string home, SyntaxNode node)
    {
        if (IsRemote(path))
        {
            (remotes ??= []).Add((home, node));
        }
        else if (path.StartsWith("new ", StringComparison.Ordinal))
        {
            homes ??= new(StringComparer.Ordinal);
            homes.TryAdd(path, new(StringComparer.Ordinal));
            homes[path].Add(home);
        }
    }

    // The place where nobody looks, of a home or of what it stands in itself.
    private string? Hidden(string home, int left)
    {
        if (home.StartsWith("new ", StringComparison.Ordinal))
        {
            var container = home.Split('.')[0];
            return left == 0 ? null : homes?.GetValueOrDefault(container)?.Select(outer => Hidden(outer, left - 1)).FirstOrDefault(found => found is not null);
        }

        var isUsual = UsualHomes.Any(usual => home == usual || home.StartsWith(usual + ".", StringComparison.Ordinal) || home.StartsWith(usual + "(", StringComparison.Ordinal));
        return isUsual && !home.StartsWith("script.Parent.", StringComparison.Ordinal) && !Thickets.Any(thicket => home.Contains(thicket, StringComparison.Ordinal)) ? null : home;
    }

    private static bool CanBeSeen(string name)
    {
        var decoded = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name));
        return decoded is not ("nil" or "null" or "undefined") && decoded.EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune) && !Glyphs.IsInvisible(rune));
    }
}
