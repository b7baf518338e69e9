using System.Globalization;
using System.Text;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Tests.Roblox;

/// <summary>Small files that would make a reader do much: what they cost is bounded by their size, or they are refused.</summary>
public sealed class HostileFileTests
{
    [Fact]
    public void Properties_that_nobody_reads_cost_nothing()
    {
        const int objects = 20_000;
        var parts = new List<byte[]> { Instances(0, "Folder", 0, objects) };
        parts.AddRange(Enumerable.Range(0, 100).Select(number => Property(0, $"Flag{number}", 2, new byte[objects])));
        var binary = Binary([.. parts, Parents(objects)]);
        var xml = "<roblox version=\"4\"><Item class=\"Folder\"><Properties><bool name=\"Flag1\">true</bool></Properties></Item></roblox>"u8.ToArray();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var roots = RobloxFile.Read(binary).Roots;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < objects * 600, $"{allocated:N0} bytes");
        Assert.DoesNotContain(roots, root => root.Properties.Count > 0);
        Assert.Empty(RobloxFile.Read(xml).Roots[0].Properties);
    }

    [Fact]
    public void Flags_are_not_an_object_each()
    {
        const int objects = 20_000;
        var bare = Binary([Instances(0, "Folder", 0, objects), Property(0, "Sandboxed", 2, new byte[objects]), Parents(objects)]);
        var folder = new RobloxInstance("Folder");
        folder.Properties["Sandboxed"] = new PropertyValue.Bool(false);

        var folders = RobloxFile.Read(bare).Roots;

        Assert.Single(folders.Select(root => root.Properties["Sandboxed"]).Distinct(ReferenceEqualityComparer.Instance));
        Assert.Equal(folder.Properties["Sandboxed"], folders[0].Properties["Sandboxed"]);
    }

    [Fact]
    public void A_property_that_stands_twice_is_refused()
    {
        var file = Binary([Instances(0, "Folder", 0, 2), Property(0, "Sandboxed", 2, [0, 1]), Property(0, "Sandboxed", 2, [1, 0]), Parents(2)]);

        Assert.Equal("file_damaged", Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file)).Refusal.Code);
    }

    [Theory]
    [InlineData(10_000, null)]
    [InlineData(10_001, "too_many_classes")]
    public void Classes_are_counted_with_those_that_have_no_objects(int count, string? code)
    {
        var file = Binary([.. Enumerable.Range(0, count).Select(id => Instances(id, $"C{id}", 0, id == 0 ? 1 : 0)), Parents(1)]);

        Assert.Equal(code, (Record.Exception(() => RobloxFile.Read(file)) as FileRefusedException)?.Refusal.Code);
    }

    [Fact]
    public void A_class_that_stands_twice_is_refused()
    {
        var file = Binary([Instances(0, "Folder", 0, 1), Instances(1, "Folder", 1, 1), Parents(2)]);

        Assert.Equal("file_damaged", Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file)).Refusal.Code);
    }

    [Theory]
    [InlineData(30, null)]
    [InlineData(40, "paths_too_long")]
    public void A_long_name_above_many_scripts_is_refused(int scripts, string? code)
    {
        var folder = new RobloxInstance("Folder");
        folder.Properties["Name"] = new PropertyValue.Text(new string('x', 1 << 20));
        for (var number = 0; number < scripts; number++)
        {
            folder.Add(new("Script"));
        }

        foreach (var file in new[] { DocumentWriter.WriteBinary([folder]), DocumentWriter.WriteXml([folder]) })
        {
            Assert.Equal(code, (Record.Exception(() => RobloxFile.Read(file)) as FileRefusedException)?.Refusal.Code);
        }
    }

    [Theory]
    [InlineData("<a>")]
    [InlineData("<string name=\"Name\">")]
    public void Nesting_within_properties_is_refused(string element)
    {
        var file = Encoding.UTF8.GetBytes("<roblox version=\"4\"><Item class=\"Folder\"><Properties>" + string.Concat(Enumerable.Repeat(element, 5_000)));

        Assert.Equal("too_deep", Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file)).Refusal.Code);
    }

    [Theory]
    [InlineData("<roblox version=\"4\"><Item", " a=\"\"")]
    [InlineData("<roblox", " a{0:x}=\"\"")]
    [InlineData("<roblox version=\"4\"><!-- > --><Item class=\"", ">")]
    public void A_tag_of_many_attributes_is_refused(string before, string repeated)
    {
        var file = Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Range(0, 100_000).Select(number => string.Format(CultureInfo.InvariantCulture, repeated, number))));

        Assert.Equal("tag_too_long", Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file)).Refusal.Code);
    }

    private static byte[] Binary(IEnumerable<byte[]> chunks) => [.. RobloxFile.BinarySignature, .. new byte[18], .. chunks.SelectMany(chunk => chunk), .. Chunk("END\0", "</roblox>"u8.ToArray())];

    // Stored without packing: its packed length is 0.
    private static byte[] Chunk(string name, byte[] content) => [.. Encoding.Latin1.GetBytes(name), .. Number(0), .. Number(content.Length), .. Number(0), .. content];

    private static byte[] Instances(int id, string className, int first, int count) =>
        Chunk("INST", [.. Number(id), .. Text(className), 0, .. Number(count), .. Ascending(first, count)]);

    private static byte[] Property(int id, string name, byte type, byte[] values) => Chunk("PROP", [.. Number(id), .. Text(name), type, .. values]);

    private static byte[] Parents(int count) => Chunk("PRNT", [0, .. Number(count), .. Ascending(0, count), .. Interleaved([-1, .. new int[count - 1]])]);

    private static byte[] Ascending(int first, int count) => Interleaved([.. Enumerable.Range(0, count).Select(number => number == 0 ? first : 1)]);

    private static byte[] Interleaved(int[] values) =>
        [.. from shift in new[] { 24, 16, 8, 0 } from value in values select (byte)(((value << 1) ^ (value >> 31)) >> shift)];

    private static byte[] Text(string text) => [.. Number(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int value) => BitConverter.GetBytes(value);
}
