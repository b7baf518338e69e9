namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>The paths of all scripts together stay short: each holds the names of all objects above it, so one long name is repeated for every script below.</summary>
internal static class PathCheck
{
    public static void Require(IReadOnlyList<RobloxInstance> roots, FileLimits limits)
    {
        long all = 0;
        var pending = new Stack<(RobloxInstance Instance, long Above)>(roots.Select(root => (root, 0L)));
        while (pending.TryPop(out var next))
        {
            var path = next.Above + NameLength(next.Instance);
            all += next.Instance.IsScript ? path : 0;
            if (all > limits.MaxPaths)
            {
                throw new FileRefusedException(
                    "paths_too_long", $"The paths of the file's scripts have more than {limits.MaxPaths:N0} bytes together: give the objects above them shorter names.");
            }

            foreach (var child in next.Instance.Children)
            {
                pending.Push((child, path + 1));
            }
        }
    }

    private static int NameLength(RobloxInstance instance) =>
        instance.Properties.GetValueOrDefault("Name") is PropertyValue.Text name ? name.Bytes.Length : instance.ClassName.Length;
}
