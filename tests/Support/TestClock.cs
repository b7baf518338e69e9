namespace ToolboxAI.Tests.Support;

/// <summary>A clock that stands until it is moved.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    /// <summary>At noon of 1 March 2026.</summary>
    public TestClock() : this(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Moves it on.</summary>
    public void Advance(TimeSpan by) => now += by;
}
