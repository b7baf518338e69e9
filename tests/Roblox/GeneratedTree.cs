using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Tests.Roblox;

/// <summary>Random trees of objects. All objects of a class have the same properties, as in real files.</summary>
internal static class GeneratedTree
{
    private static readonly string[] Classes = ["Folder", "Script", "LocalScript", "ModuleScript", "Model", "StringValue"];
    private static readonly string[] Texts = ["", "x", "print(\"]]>\")", "a\r\nb\n", "  spaced  ", "täxt ☃", "<&>'\"", "]]>]]>", "\t"];

    public static List<RobloxInstance> Create(Random random)
    {
        var roots = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Instance(random)).ToList();
        var all = roots.ToList();
        for (var i = random.Next(0, 60); i > 0; i--)
        {
            var child = Instance(random);
            all[random.Next(all.Count)].Add(child);
            all.Add(child);
        }

        return roots;
    }

    private static RobloxInstance Instance(Random random)
    {
        var instance = new RobloxInstance(Classes[random.Next(Classes.Length)]);
        instance.Properties["Name"] = new PropertyValue.Text(Texts[random.Next(Texts.Length)]);
        instance.Properties["Sandboxed"] = new PropertyValue.Bool(random.Next(2) == 0);
        instance.Properties["Disabled"] = new PropertyValue.Bool(random.Next(2) == 0);
        instance.Properties["Capabilities"] = new PropertyValue.Capabilities((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        if (instance.IsScript)
        {
            instance.Properties["Source"] = new PropertyValue.Text(string.Concat(Enumerable.Repeat(Texts[random.Next(Texts.Length)], random.Next(0, 40))));
            instance.Properties["RunContext"] = new PropertyValue.Enumeration((uint)random.Next(4));
        }

        return instance;
    }
}
