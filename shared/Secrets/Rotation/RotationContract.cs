namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>What a rotation starts from. No value is ever part of a run: one that an operator brings waits in the vault, pending.</summary>
/// <param name="Name">The secret.</param>
/// <param name="RotationId">Names the new version, <c>rot_…</c>.</param>
/// <param name="Distribution">So long until every instance knows the new version.</param>
/// <param name="Overlap">So long both versions work, and the rotation can be undone, after that.</param>
/// <param name="ExpiresAt">When the new version expires.</param>
public sealed record RotationStart(string Name, string RotationId, TimeSpan Distribution, TimeSpan Overlap, DateTimeOffset ExpiresAt)
{
    /// <summary>The orchestration's name in history.</summary>
    public const string Orchestration = "RotateSecret";

    /// <summary>The event that undoes a rotation.</summary>
    public const string Undo = "undo";

    /// <summary>The run's instance id: a secret has one rotation at a time.</summary>
    public string InstanceId => InstanceOf(Name);

    /// <summary>The instance id of a secret's rotation.</summary>
    public static string InstanceOf(string name) => $"rotation-{name}";
}

/// <summary>Where a rotation stands; the run's custom status.</summary>
public enum RotationStage
{
    /// <summary>A new version is made, and tried before anybody uses it.</summary>
    Creating,

    /// <summary>It is handed out, and every instance gets to know it.</summary>
    Distributing,

    /// <summary>Both versions work; the rotation can still be undone.</summary>
    Overlapping,

    /// <summary>The old version is revoked: from here there is no way back.</summary>
    Retiring,

    /// <summary>The new version is revoked; the old one is used as before.</summary>
    Undoing,
}

/// <summary>How a rotation ended.</summary>
public enum RotationOutcome
{
    /// <summary>The new version is used, the old one is worth nothing.</summary>
    Rotated,

    /// <summary>As before.</summary>
    Undone,
}
