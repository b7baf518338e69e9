using System.Text.Json;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>Reads JSON of which nothing is known: what is missing or of another kind reads as absent.</summary>
internal static class JsonText
{
    /// <summary>Compares strings by their value.</summary>
    public static IEqualityComparer<JsonElement> Comparer { get; } =
        EqualityComparer<JsonElement>.Create((a, b) => a.GetRawText() == b.GetRawText(), e => e.GetRawText().GetHashCode(StringComparison.Ordinal));

    public static bool Has(this JsonElement owner, string name, JsonValueKind? kind = null) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var value) && (kind is null || value.ValueKind == kind);

    public static string? Text(this JsonElement owner, string name) =>
        owner.Has(name, JsonValueKind.String) ? owner.GetProperty(name).GetString() : null;

    public static IReadOnlyList<JsonElement> Array(this JsonElement owner, string name) =>
        owner.Has(name, JsonValueKind.Array) ? [.. owner.GetProperty(name).EnumerateArray()] : [];

    public static IEnumerable<JsonProperty> Members(this JsonElement owner, string name) =>
        owner.Has(name, JsonValueKind.Object) ? owner.GetProperty(name).EnumerateObject() : [];

    public static long? Number(this JsonElement owner, string name) =>
        owner.Has(name, JsonValueKind.Number) && owner.GetProperty(name).TryGetInt64(out var number) ? number : null;

    /// <summary>Whether a mail setting is enabled.</summary>
    public static bool Setting(this JsonElement mail, string name) =>
        mail.Has("mail_settings") && mail.GetProperty("mail_settings").Has(name) &&
        mail.GetProperty("mail_settings").GetProperty(name).Has("enable", JsonValueKind.True);
}
