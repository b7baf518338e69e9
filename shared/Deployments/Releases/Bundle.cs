using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Hashing;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>
/// A release's files as one <c>tar.gz</c>. The same files give the same bytes on any machine at any time: entries in the order of their
/// names, no times and no owners, and a compressor that is part of the program.
/// </summary>
public static class Bundle
{
    private static readonly byte[] GzipHeader = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF];        // no name, no time, best compression, unknown system
    private static readonly DateTimeOffset NoTime = DateTimeOffset.UnixEpoch;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Packs files by their names.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, byte[]> files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content, writable: false),
                    ModificationTime = NoTime,
                    Mode = Readable,
                });
            }
        }

        return Compress(tar.ToArray());
    }

    private static byte[] Compress(byte[] content)
    {
        using var output = new MemoryStream();
        output.Write(GzipHeader);
        var deflater = new Deflater(Deflater.BEST_COMPRESSION, noZlibHeaderOrFooter: true);
        deflater.SetInput(content);
        deflater.Finish();
        var buffer = new byte[64 * 1024];
        while (!deflater.IsFinished)
        {
            output.Write(buffer, 0, deflater.Deflate(buffer));
        }

        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.HashToUInt32(content));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)content.Length);
        output.Write(trailer);
        return output.ToArray();
    }
}
