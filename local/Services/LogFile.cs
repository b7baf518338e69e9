namespace ToolboxAI.Local.Services;

/// <summary>What a child process wrote.</summary>
internal static class LogFile
{
    private const int Longest = 300;

    /// <summary>The line that most likely says what went wrong: the last one that names an error, or else the last one.</summary>
    public static string LastWords(string path)
    {
        if (!File.Exists(path))
        {
            return "it said nothing";
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        var line = Array.FindLast(lines, NamesAnError) ?? (lines.Length > 0 ? lines[^1] : "it said nothing");
        return line.Length > Longest ? line[..Longest] : line;
    }

    private static bool NamesAnError(string line) =>
        line.Contains("FATAL:") || line.Contains("PANIC:") || line.Contains("rror:") || line.Contains("npm error") || line.Contains("ERROR");
}
