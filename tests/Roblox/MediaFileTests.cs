using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Tests.Roblox;

/// <summary>A file's type is what its bytes say.</summary>
public sealed class MediaFileTests
{
    [Theory]
    [InlineData("89504E470D0A1A0A0000000D49484452000000100000002008060000", "png", 16, 32)]
    [InlineData("FFD8FFE000104A46494600010101006000600000FFC0001108002000100301220002110103", "jpeg", 16, 32)]
    [InlineData("424D36000000000000003600000028000000100000002000000001001800", "bmp", 16, 32)]
    [InlineData("00000200000000000000000010002000180000", "tga", 16, 32)]
    [InlineData("494433040000000000", "mp3", null, null)]
    [InlineData("FFFB9064", "mp3", null, null)]
    [InlineData("4F67675300020000", "ogg", null, null)]
    [InlineData("664C614300000022", "flac", null, null)]
    [InlineData("524946462400000057415645666D7420", "wav", null, null)]
    [InlineData("76657273696F6E20352E30300A", "mesh", null, null)]
    [InlineData("676C544602000000", "glb", null, null)]
    public void A_format_is_recognised(string hex, string format, int? width, int? height)
    {
        var info = MediaFile.Recognize(Convert.FromHexString(hex));

        Assert.Equal((format, width, height), (info?.Format, info?.Width, info?.Height));
        Assert.Null(MediaFile.Check(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("89504E470D0A1A0A0000000D49484452000020000000002008060000", "image_too_large")]
    [InlineData("89504E470D0A1A0A", "file_damaged")]
    [InlineData("4D5A90000300000004000000FFFF0000", "file_unknown")]
    [InlineData("", "file_unknown")]
    public void What_Open_Cloud_would_refuse_is_refused(string hex, string code) =>
        Assert.Equal(code, MediaFile.Check(Convert.FromHexString(hex))?.Code);

    [Fact]
    public void A_file_of_more_than_20_megabytes_is_refused() =>
        Assert.Equal("file_too_large", MediaFile.Check(new byte[MediaFile.MaxBytes + 1])?.Code);
}
