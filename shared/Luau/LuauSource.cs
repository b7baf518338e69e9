using System.Text;

namespace ToolboxAI.Shared.Luau;

/// <summary>A stretch of a script, in bytes from its beginning.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte after the last.</param>
public readonly record struct LuauSpan(int Start, int End)
{
    /// <summary>Number of bytes.</summary>
    public int Length => End - Start;

    /// <summary>The smallest span that holds both.</summary>
    public LuauSpan To(LuauSpan other) => new(Math.Min(Start, other.Start), Math.Max(End, other.End));
}

/// <summary>A place in a script as an editor shows it. Both count from 1; a column is a character of the decoded line.</summary>
public readonly record struct LuauPosition(int Line, int Column);

/// <summary>
/// The bytes of a script. Luau strings are bytes, so every byte becomes one character (Latin-1): positions are byte offsets,
/// and what is printed back is what came in, also when it is not valid UTF-8.
/// </summary>
public sealed class LuauSource
{
    private int[]? lineStarts;

    /// <summary>A script from its bytes.</summary>
    public LuauSource(ReadOnlySpan<byte> bytes)
    {
        Text = Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A script from text, which is encoded as UTF-8.</summary>
    public static LuauSource FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>One character per byte.</summary>
    public string Text { get; }

    /// <summary>Number of bytes.</summary>
    public int Length => Text.Length;

    /// <summary>Number of lines; an empty script has one.</summary>
    public int LineCount => LineStarts.Length;

    /// <summary>The first byte of each line. Found when somebody asks; two who ask at once find the same.</summary>
    internal int[] LineStarts => lineStarts ??= FindLines();

    /// <summary>The bytes, as they came in.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(Text);

    /// <summary>A stretch decoded as UTF-8, for people; bytes that are not UTF-8 become replacement characters.</summary>
    public string Decode(LuauSpan span) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Text[span.Start..span.End]));

    /// <summary>Line and column of a byte offset.</summary>
    public LuauPosition PositionOf(int offset)
    {
        var line = LineIndexOf(offset);
        return new(line + 1, Decode(new(LineStarts[line], offset)).Length + 1);
    }

    /// <summary>The line of a byte offset, from 1; cheaper than <see cref="PositionOf"/>.</summary>
    public int LineOf(int offset) => LineIndexOf(offset) + 1;

    /// <summary>The first byte of a line. Lines count from 1.</summary>
    public int StartOf(int line) => LineStarts[line - 1];

    /// <summary>The span of a line, without its line end. Lines count from 1.</summary>
    public LuauSpan LineSpan(int line)
    {
        var start = LineStarts[line - 1];
        var end = line < LineStarts.Length ? LineStarts[line] - 1 : Text.Length;
        return new(start, end > start && Text[end - 1] == '\r' ? end - 1 : end);
    }

    private int LineIndexOf(int offset)
    {
        var index = Array.BinarySearch(LineStarts, offset);
        return index >= 0 ? index : ~index - 1;
    }

    private int[] FindLines()
    {
        var text = Text.AsSpan();
        var starts = new int[text.Count('\n') + 1];
        for (var line = 1; line < starts.Length; line++)
        {
            starts[line] = starts[line - 1] + text[starts[line - 1]..].IndexOf('\n') + 1;
        }

        return starts;
    }
}
