using System.Buffers.Binary;
using System.Text;
using ToolboxAI.Shared.Roblox.Files;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Roblox;

/// <summary>Places and models: what is read, what is written back, and what is refused.</summary>
public sealed class RobloxFileTests
{
    [Fact]
    public void The_sample_with_all_three_packings_is_read()
    {
        var scripts = RobloxFile.Read(Sample("sample-mixed-compression.rbxm")).Scripts;

        Assert.Equal(["Src/ServerMain", "Src/Util"], scripts.Select(script => script.Path));
        Assert.Equal("print(\"hello\")\n", Text(scripts[0]));
        Assert.Equal("return {answer = 42}\n", Text(scripts[1]));
    }

    [Theory]
    [InlineData("sample-modulescript.rbxm", RobloxFormat.Binary)]
    [InlineData("sample-modulescript.rbxmx", RobloxFormat.Xml)]
    public void A_file_from_Studio_is_read(string name, RobloxFormat format)
    {
        var document = RobloxFile.Read(Sample(name));

        Assert.Equal(format, document.Format);
        var script = Assert.Single(document.Scripts);
        Assert.Equal(("ModuleScript", "ModuleScript", "local module = {}\n\nreturn module\n"), (script.Path, script.ClassName, Text(script)));
    }

    [Theory]
    [InlineData("sample-mixed-compression.rbxm")]
    [InlineData("sample-modulescript.rbxm")]
    [InlineData("sample-modulescript.rbxmx")]
    public void A_source_is_replaced_and_nothing_else_changes(string name)
    {
        byte[] file = Sample(name).ToArray();
        var source = "print(']]>')\r\nreturn 1\n"u8.ToArray();

        var edited = ScriptEditor.Replace(file, new Dictionary<int, byte[]> { [0] = source });

        var (before, after) = (RobloxFile.Read(file).Scripts, RobloxFile.Read(edited).Scripts);
        Assert.Equal(source, after[0].Source.ToArray());
        Assert.Equal(before.Skip(1).Select(Text), after.Skip(1).Select(Text));
        Assert.Equal(file, ScriptEditor.Replace(file, new Dictionary<int, byte[]>()));
        Assert.Equal(Text(before[0]), Text(RobloxFile.Read(ScriptEditor.Replace(edited, new Dictionary<int, byte[]> { [0] = before[0].Source.ToArray() })).Scripts[0]));
    }

    [Fact]
    public void Generated_trees_survive_both_forms()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var roots = GeneratedTree.Create(new Random(seed));
            var expected = Describe(roots);

            Assert.Equal(expected, Describe(RobloxFile.Read(DocumentWriter.WriteBinary(roots)).Roots));
            Assert.Equal(expected, Describe(RobloxFile.Read(DocumentWriter.WriteXml(roots)).Roots));
        }
    }

    [Fact]
    public void A_sandbox_and_a_run_context_are_seen()
    {
        var model = new RobloxInstance("Model");
        model.Properties["Sandboxed"] = new PropertyValue.Bool(true);
        var script = new RobloxInstance("Script");
        script.Properties["RunContext"] = new PropertyValue.Enumeration(2);
        script.Properties["Capabilities"] = new PropertyValue.Capabilities(5);
        script.Properties["Source"] = new PropertyValue.Text("x()");
        model.Add(script);

        foreach (var file in new[] { DocumentWriter.WriteBinary([model]), DocumentWriter.WriteXml([model]) })
        {
            var read = Assert.Single(RobloxFile.Read(file).Scripts);
            Assert.Equal(("Client", true, 5ul), (read.RunContext, read.IsSandboxed, read.Capabilities));
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var file = DocumentWriter.WriteBinary(GeneratedTree.Create(new Random(7)));
        for (var length = 14; length < file.Length - 26; length++)
        {
            Assert.ThrowsAny<FileRefusedException>(() => RobloxFile.Read(file.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_crash()
    {
        var random = new Random(11);
        foreach (var file in new[] { DocumentWriter.WriteBinary(GeneratedTree.Create(random)), DocumentWriter.WriteXml(GeneratedTree.Create(random)) })
        {
            for (var i = 0; i < 3000; i++)
            {
                var damaged = file.ToArray();
                for (var flips = random.Next(1, 5); flips > 0; flips--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                try
                {
                    RobloxFile.Read(damaged);
                }
                catch (FileRefusedException e)
                {
                    Assert.NotEmpty(e.Refusal.Message);
                }
            }
        }
    }

    [Fact]
    public void A_claim_to_unpack_to_gigabytes_is_refused_before_memory_is_taken()
    {
        var file = DocumentWriter.WriteBinary([new RobloxInstance("Folder")]);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(32 + 8), 500 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file));

        Assert.Equal("content_too_large", refusal.Refusal.Code);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_hundred_megabytes_of_nesting_are_refused_quickly()
    {
        var item = "<Item class=\"Folder\"><Properties/>"u8.ToArray();
        var file = new byte[100_000_000];
        "<roblox version=\"4\">"u8.CopyTo(file);
        for (var at = 20; at + item.Length <= file.Length; at += item.Length)
        {
            item.CopyTo(file, at);
        }

        Assert.Equal("too_deep", Assert.Throws<FileRefusedException>(() => RobloxFile.Read(file)).Refusal.Code);
    }

    [Theory]
    [InlineData("<!DOCTYPE roblox [<!ENTITY a \"aaaa\">]><roblox version=\"4\"></roblox>", "file_damaged")]
    [InlineData("<roblox version=\"4\"><Item class=\"Script\"></roblox>", "file_damaged")]
    [InlineData("<html></html>", "file_unknown")]
    [InlineData("print(1)", "file_unknown")]
    public void What_is_no_file_of_ours_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Throws<FileRefusedException>(() => RobloxFile.Read(Encoding.UTF8.GetBytes(text))).Refusal.Code);

    [Fact]
    public void Compressed_Zstandard_is_refused_with_a_way_out()
    {
        byte[] sample = Sample("sample-mixed-compression.rbxm").ToArray();
        var frame = sample.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);
        sample[frame + 6] |= 4;      // block type 0 (raw) becomes 2 (compressed)

        var refusal = Assert.Throws<FileRefusedException>(() => RobloxFile.Read(sample)).Refusal;

        Assert.Equal("zstandard_unsupported", refusal.Code);
        Assert.Contains(".rbxmx", refusal.Message);
    }

    private static ReadOnlyMemory<byte> Sample(string name)
    {
        Assert.SkipWhen(Repository.Contracts is null, "../shared is not beside this checkout: the sample files are there.");
        return File.ReadAllBytes(Path.Combine(Repository.Contracts!, "roblox", name));
    }

    private static string Text(RobloxScript script) => Encoding.UTF8.GetString(script.Source.Span);

    private static string Describe(IReadOnlyList<RobloxInstance> instances) => string.Join('\n', instances.Select(instance =>
        $"{instance.ClassName}({string.Join(';', instance.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={Describe(p.Value)}"))}){{{Describe(instance.Children)}}}"));

    private static string Describe(PropertyValue value) => value is PropertyValue.Text text ? $"'{text.Decoded}'" : value.ToString();
}
