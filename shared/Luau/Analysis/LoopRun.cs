using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A loop while it is run, and what was seen in it.</summary>
/// <param name="Outer">The loop around it, in whichever function it stands.</param>
/// <param name="Node">The statement, or the connection of a callback that runs once a frame.</param>
/// <param name="Frame">The variables of the function that it stands in.</param>
public sealed record LoopRun(LoopRun? Outer, SyntaxNode Node, Activation Frame)
{
    /// <summary>A key that is not known.</summary>
    public static readonly object AnyKey = new();

    private HashSet<object>? changes;
    private HashSet<object>? changedKeys;
    private HashSet<string>? writes;

    /// <summary>Whether a round was followed at all.</summary>
    public bool IsEntered { get; set; }

    /// <summary>Whether a round looks at a clock.</summary>
    public bool AsksTime { get; set; }

    /// <summary>Whether a round waits.</summary>
    public bool Pauses { get; set; }

    /// <summary>Whether a round gives way to others, or may.</summary>
    public bool Yields { get; set; }

    /// <summary>The variables (a local's symbol, a global's name) outside of the loop that a round changes.</summary>
    public HashSet<object> Changes => changes ??= [];

    /// <summary>The keys under which a round changes tables; <see cref="AnyKey"/> stands for those that are not known.</summary>
    public HashSet<object> ChangedKeys => changedKeys ??= [];

    /// <summary>Whether a round calls functions of the script.</summary>
    public bool CallsOwn { get; set; }

    /// <summary>Whether a round changes the world by a method that does more than tell.</summary>
    public bool Acts { get; set; }

    /// <summary>Whether a round looks at something that changes by itself: chance.</summary>
    public bool Moves { get; set; }

    /// <summary>Whether it was shown that the loop never ends.</summary>
    public bool IsEndless { get; set; }

    /// <summary>Whether it was followed to its end.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether it counts without an end.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What was written into the engine.</summary>
    public HashSet<string> Writes => writes ??= new(StringComparer.Ordinal);
}
