namespace ToolboxAI.Shared.Secrets;

/// <summary>A secret's value. Printed, logged or serialised it shows nothing: only <see cref="Reveal"/> gives it.</summary>
public sealed class SecretValue(string value)
{
    private const string Shown = "(secret)";

    /// <summary>The value itself, for the one call that needs it.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public override string ToString() => Shown;
}

/// <summary>A version and its value.</summary>
public sealed record Secret(SecretVersion Version, SecretValue Value);
