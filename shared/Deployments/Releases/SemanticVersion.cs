using System.Globalization;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>A version in the form of semver.org, without labels: 1.4.0.</summary>
public readonly record struct SemanticVersion(int Major, int Minor, int Patch) : IComparable<SemanticVersion>
{
    /// <summary>The first.</summary>
    public static SemanticVersion First { get; } = new(1, 0, 0);

    /// <summary>Something was taken away, so that others may break.</summary>
    public SemanticVersion NextMajor => new(Major + 1, 0, 0);

    /// <summary>Something was added.</summary>
    public SemanticVersion NextMinor => new(Major, Minor + 1, 0);

    /// <summary>Something was mended.</summary>
    public SemanticVersion NextPatch => new(Major, Minor, Patch + 1);

    /// <summary>Reads a version; null when it is none.</summary>
    public static SemanticVersion? Parse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        return parts.Length == 3 && Part(parts[0]) is { } major && Part(parts[1]) is { } minor && Part(parts[2]) is { } patch ? new(major, minor, patch) : null;
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    public static bool operator <(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) < 0;

    public static bool operator >(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) > 0;

    public static bool operator <=(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) <= 0;

    public static bool operator >=(SemanticVersion a, SemanticVersion b) => a.CompareTo(b) >= 0;

    private static int? Part(string text) =>
        text.Length is > 0 and <= 6 && (text == "0" || text[0] != '0') && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
