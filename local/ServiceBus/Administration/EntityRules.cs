namespace ToolboxAI.Local.ServiceBus;

/// <summary>The bounds of an entity's settings.</summary>
internal static class EntityRules
{
    private const int MaxNameLength = 260;
    private const int MaxSubscriptionNameLength = 50;
    private const int MaxMetadataLength = 1024;

    public static string Name(string name) => Named(name, MaxNameLength);

    public static string SubscriptionName(string name) => Named(name, MaxSubscriptionNameLength);

    public static TimeSpan LockDuration(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(5));
        return value;
    }

    public static TimeSpan? TimeToLive(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        return value == TimeSpan.MaxValue ? null : value;
    }

    public static TimeSpan? Idle(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMinutes(5));
        return value == TimeSpan.MaxValue ? null : value;
    }

    public static TimeSpan History(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(20));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(7));
        return value;
    }

    public static long Megabytes(long value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }

    public static int DeliveryCount(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }

    public static string? Metadata(string? value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value?.Length ?? 0, MaxMetadataLength, nameof(value));
        return value;
    }

    private static string Named(string name, int maxLength)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, maxLength, nameof(name));
        return name.StartsWith('/') || name.EndsWith('/') || name.IndexOfAny(['@', '?', '#', '*', '\\']) >= 0
            ? throw new ArgumentException($"'{name}' is no name of an entity.", nameof(name))
            : name;
    }
}
