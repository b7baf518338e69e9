using System.Buffers.Binary;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>What an upload is used as.</summary>
public enum MediaKind
{
    /// <summary>A picture.</summary>
    Image,

    /// <summary>Sound.</summary>
    Audio,

    /// <summary>A mesh or a model of another tool.</summary>
    Mesh,
}

/// <summary>What the bytes of an upload say about it.</summary>
/// <param name="Kind">What it is used as.</param>
/// <param name="Format">The format's usual extension, e.g. <c>png</c>.</param>
/// <param name="ContentType">The media type that Open Cloud expects.</param>
/// <param name="Width">Pixels; images only.</param>
/// <param name="Height">Pixels; images only.</param>
public sealed record MediaInfo(MediaKind Kind, string Format, string ContentType, int? Width = null, int? Height = null);

/// <summary>Recognises images, sounds and meshes by their first bytes and holds them against the limits of Open Cloud's asset upload.</summary>
public static class MediaFile
{
    /// <summary>Largest upload in bytes, video excepted (Open Cloud guide "Assets").</summary>
    public const int MaxBytes = 20_000_000;

    /// <summary>Images are smaller than this in both directions, in pixels.</summary>
    public const int ImageSideLimit = 8000;

    /// <summary>What a file is, or nothing when it is none of the formats that Open Cloud takes.</summary>
    public static MediaInfo? Recognize(ReadOnlySpan<byte> file) =>
        Png(file) ?? Jpeg(file) ?? Bmp(file) ?? Sound(file) ?? Mesh(file) ?? Tga(file);

    /// <summary>Why a file can't be uploaded, or nothing when it can.</summary>
    public static FileRefusal? Check(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
        {
            return new("file_too_large", $"The file has {file.Length:N0} bytes; Roblox takes at most {MaxBytes:N0}.");
        }

        return Recognize(file) switch
        {
            null => new("file_unknown", "The file is none of png, jpeg, bmp, tga, mp3, ogg, wav, flac, fbx, gltf, glb or a Roblox mesh."),
            { Width: >= ImageSideLimit } or { Height: >= ImageSideLimit } => new("image_too_large", $"The picture must be smaller than {ImageSideLimit} pixels in both directions."),
            { Kind: MediaKind.Image, Width: null or <= 0 } or { Kind: MediaKind.Image, Height: null or <= 0 } => new("file_damaged", "The picture's size can't be read: export it again."),
            _ => null,
        };
    }

    private static MediaInfo? Png(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return null;
        }

        var hasHeader = file.Length >= 24 && file[12..16].SequenceEqual("IHDR"u8);
        return new(
            MediaKind.Image,
            "png",
            "image/png",
            hasHeader ? BinaryPrimitives.ReadInt32BigEndian(file[16..]) : null,
            hasHeader ? BinaryPrimitives.ReadInt32BigEndian(file[20..]) : null);
    }

    // Segments follow each other until a start-of-frame segment tells the size.
    private static MediaInfo? Jpeg(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return null;
        }

        for (var at = 2; at + 9 < file.Length && file[at] == 0xFF;)
        {
            var marker = file[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return new(MediaKind.Image, "jpeg", "image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return new(MediaKind.Image, "jpeg", "image/jpeg");
    }

    private static MediaInfo? Bmp(ReadOnlySpan<byte> file) =>
        file.Length < 26 || !file.StartsWith("BM"u8) || BinaryPrimitives.ReadInt32LittleEndian(file[14..]) is < 40 or > 124
            ? null
            : new(
                MediaKind.Image,
                "bmp",
                "image/bmp",
                BinaryPrimitives.ReadInt32LittleEndian(file[18..]),
                (int)Math.Min(Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..])), int.MaxValue));

    // A TGA file has no signature at its beginning, so its header's fields must make sense together.
    private static MediaInfo? Tga(ReadOnlySpan<byte> file)
    {
        if (file.Length < 18 || file[1] > 1 || file[2] is not (1 or 2 or 3 or 9 or 10 or 11) || file[16] is not (8 or 15 or 16 or 24 or 32))
        {
            return null;
        }

        int width = BinaryPrimitives.ReadUInt16LittleEndian(file[12..]), height = BinaryPrimitives.ReadUInt16LittleEndian(file[14..]);
        return width == 0 || height == 0 ? null : new(MediaKind.Image, "tga", "image/tga", width, height);
    }

    private static MediaInfo? Sound(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("ID3"u8) || (file.Length >= 4 && file[0] == 0xFF && (file[1] & 0xE6) == 0xE2 && (file[2] & 0xF0) != 0xF0))
        {
            return new(MediaKind.Audio, "mp3", "audio/mpeg");
        }

        if (file.StartsWith("OggS"u8))
        {
            return new(MediaKind.Audio, "ogg", "audio/ogg");
        }

        if (file.StartsWith("fLaC"u8))
        {
            return new(MediaKind.Audio, "flac", "audio/flac");
        }

        return file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WAVE"u8) ? new(MediaKind.Audio, "wav", "audio/wav") : null;
    }

    private static MediaInfo? Mesh(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("version "u8))
        {
            return new(MediaKind.Mesh, "mesh", "model/x-file-mesh-data");
        }

        if (file.StartsWith("Kaydara FBX Binary  \0"u8))
        {
            return new(MediaKind.Mesh, "fbx", "model/fbx");
        }

        if (file.StartsWith("glTF"u8))
        {
            return new(MediaKind.Mesh, "glb", "model/gltf-binary");
        }

        var head = file[..Math.Min(file.Length, 4096)];
        return head.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && head.IndexOf("\"asset\""u8) > 0 ? new(MediaKind.Mesh, "gltf", "model/gltf+json") : null;
    }
}
