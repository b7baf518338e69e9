namespace ToolboxAI.Tests.Local.Conformance.Planted;

/// <summary>A well-behaved stand-in: every kind of member that the printer knows.</summary>
public abstract class Faithful : MarshalByRefObject, IDisposable
{
    public const int Limit = 3;

    protected Faithful(string name = "x", TimeSpan? wait = null, CancellationToken cancellationToken = default) => Name = name;

    public event EventHandler? Changed;

    public string Name { get; protected set; }

    public DayOfWeek Day { get; init; } = DayOfWeek.Monday;

    public virtual Task<T> Get<T>(params T[] values)
        where T : class, new() => Task.FromResult(values[0]);

    public virtual Task<T> Get<T>(T value, DayOfWeek day = DayOfWeek.Friday)
        where T : class, new() => Task.FromResult(value);

    public abstract bool TryGet(in int key, out Dictionary<string, int[]> found, ref int? count);

    public override string ToString() => Name;

    public void Dispose()
    {
        Changed?.Invoke(this, EventArgs.Empty);
        GC.SuppressFinalize(this);
    }
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class MarkAttribute : Attribute;

public record Note(string Text)
{
    public enum Kind
    {
        Plain = 1,
    }
}

public delegate void Notify<in T>(T value)
    where T : struct;
