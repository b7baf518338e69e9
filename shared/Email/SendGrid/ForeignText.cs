namespace ToolboxAI.Shared.Email.SendGrid;

/// <summary>Text from outside, made fit for the database: no NUL, no half characters, no more than is needed.</summary>
internal static class ForeignText
{
    /// <summary>At most <paramref name="length"/> characters of a text.</summary>
    public static string Clean(string text, int length)
    {
        var clean = text.Replace("\0", "", StringComparison.Ordinal);
        return clean.Length <= length ? clean : clean[..(char.IsHighSurrogate(clean[length - 1]) ? length - 1 : length)];
    }
}
