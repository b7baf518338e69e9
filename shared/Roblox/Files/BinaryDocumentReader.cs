using System.Text;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Reads the binary form (its format: rbx-dom's description).</summary>
internal static class BinaryDocumentReader
{
    public static RobloxDocument Read(ReadOnlyMemory<byte> file, FileLimits limits)
    {
        var header = new ByteCursor(file.Span);
        header.Take(RobloxFile.BinarySignature.Length);
        if (header.UInt16() is not 0 and var version)
        {
            throw new FileRefusedException("file_version", $"The file has the format version {version}; version 0 is read.");
        }

        var classes = new Dictionary<uint, List<RobloxInstance>>();
        var classNames = new HashSet<string>(StringComparer.Ordinal);
        var byReferent = new Dictionary<int, RobloxInstance>();
        var properties = new HashSet<(uint ClassId, string Name)>();
        var roots = new List<RobloxInstance>();
        foreach (var chunk in BinaryChunk.ReadAll(file, limits, name => name is "INST" or "PROP" or "PRNT"))
        {
            switch (chunk.Name)
            {
                case "INST":
                    ReadInstances(chunk.Content.Span, classes, classNames, byReferent, limits);
                    break;
                case "PROP":
                    ReadProperty(chunk.Content, classes, properties);
                    break;
                case "PRNT":
                    roots.AddRange(ReadParents(chunk.Content.Span, byReferent, limits));
                    break;
            }
        }

        return new(RobloxFormat.Binary, roots);
    }

    private static void ReadInstances(
        ReadOnlySpan<byte> content,
        Dictionary<uint, List<RobloxInstance>> classes,
        HashSet<string> classNames,
        Dictionary<int, RobloxInstance> byReferent,
        FileLimits limits)
    {
        var cursor = new ByteCursor(content);
        var id = cursor.UInt32();
        var className = Encoding.UTF8.GetString(cursor.Text());
        if (classes.Count >= limits.MaxClasses)
        {
            throw new FileRefusedException("too_many_classes", $"The file has more than {limits.MaxClasses:N0} classes.");
        }

        cursor.Byte();
        var count = cursor.Count(4);
        if (byReferent.Count + count > limits.MaxInstances)
        {
            throw new FileRefusedException("too_many_instances", $"The file has more than {limits.MaxInstances:N0} objects.");
        }

        var instances = new List<RobloxInstance>(count);
        foreach (var referent in cursor.Referents(count))
        {
            var instance = new RobloxInstance(className) { OrdinalInClass = instances.Count };
            if (!byReferent.TryAdd(referent, instance))
            {
                throw new FileRefusedException("file_damaged", $"Two objects of the file have the same number {referent}.");
            }

            instances.Add(instance);
        }

        if (!classes.TryAdd(id, instances) || (count > 0 && !classNames.Add(className)))
        {
            throw new FileRefusedException("file_damaged", $"The class {className} or its number {id} stands in the file twice.");
        }
    }

    private static void ReadProperty(
        ReadOnlyMemory<byte> content, Dictionary<uint, List<RobloxInstance>> classes, HashSet<(uint ClassId, string Name)> properties)
    {
        var cursor = new ByteCursor(content.Span);
        var id = cursor.UInt32();
        var name = Encoding.UTF8.GetString(cursor.Text());
        if (!classes.TryGetValue(id, out var instances))
        {
            throw new FileRefusedException("file_damaged", $"The property {name} belongs to a class that the file does not have.");
        }

        if (!KeptProperties.Has(name))
        {
            return;
        }

        if (!properties.Add((id, name)))
        {
            throw new FileRefusedException("file_damaged", $"The property {name} of a class stands in the file twice.");
        }

        var type = cursor.Byte();
        var count = instances.Count;
        switch (type)
        {
            case BinaryPropertyTypes.Text:
                foreach (var instance in instances)
                {
                    var length = cursor.Text().Length;
                    instance.Properties[name] = new PropertyValue.Text(content.Slice(cursor.Position - length, length));
                }

                break;
            case BinaryPropertyTypes.Bool:
                Assign(instances, name, cursor.Take(count).ToArray(), value => PropertyValue.Bool.Of(value != 0));
                break;
            case BinaryPropertyTypes.Enumeration:
                Assign(instances, name, cursor.InterleavedUInts(count), value => new PropertyValue.Enumeration(value));
                break;
            case BinaryPropertyTypes.Capabilities:
                Assign(instances, name, cursor.InterleavedLongs(count), value => new PropertyValue.Capabilities((ulong)value));
                break;
        }
    }

    private static void Assign<T>(List<RobloxInstance> instances, string name, T[] values, Func<T, PropertyValue> wrap)
    {
        for (var i = 0; i < values.Length; i++)
        {
            instances[i].Properties[name] = wrap(values[i]);
        }
    }

    private static List<RobloxInstance> ReadParents(ReadOnlySpan<byte> content, Dictionary<int, RobloxInstance> byReferent, FileLimits limits)
    {
        var cursor = new ByteCursor(content);
        cursor.Byte();
        var count = cursor.Count(8);
        var children = cursor.Referents(count);
        var parents = cursor.Referents(count);
        var roots = new List<RobloxInstance>();
        var placed = new HashSet<int>();
        for (var i = 0; i < count; i++)
        {
            var child = Find(byReferent, children[i]);
            if (!placed.Add(children[i]))
            {
                throw new FileRefusedException("file_damaged", $"The object {children[i]} stands in two places.");
            }

            if (parents[i] == -1)
            {
                roots.Add(child);
            }
            else
            {
                Find(byReferent, parents[i]).Add(child);
            }
        }

        DepthCheck.Require(roots, byReferent.Count, limits);
        return roots;
    }

    private static RobloxInstance Find(Dictionary<int, RobloxInstance> byReferent, int referent) =>
        byReferent.GetValueOrDefault(referent)
            ?? throw new FileRefusedException("file_damaged", $"The file refers to an object {referent} that it does not have.");
}
