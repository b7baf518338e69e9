namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>A forest, not a ring: every object is reached from a root exactly once and not too deep.</summary>
internal static class DepthCheck
{
    public static void Require(IReadOnlyList<RobloxInstance> roots, int instances, FileLimits limits)
    {
        var reached = 0;
        var pending = new Stack<(RobloxInstance Instance, int Depth)>(roots.Select(root => (root, 1)));
        while (pending.TryPop(out var next))
        {
            reached++;
            if (next.Depth > limits.MaxDepth)
            {
                throw new FileRefusedException("too_deep", $"Objects of the file are nested more than {limits.MaxDepth} deep.");
            }

            foreach (var child in next.Instance.Children)
            {
                pending.Push((child, next.Depth + 1));
            }
        }

        if (reached != instances)
        {
            throw new FileRefusedException("file_cycle", "Some objects of the file hold each other in a ring, or have no place in the tree.");
        }
    }
}
