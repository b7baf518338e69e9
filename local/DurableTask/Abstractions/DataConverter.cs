namespace Microsoft.DurableTask;

/// <summary>Turns inputs, outputs, event payloads and states into text and back.</summary>
public abstract class DataConverter
{
    /// <summary>The text for <paramref name="value"/>; <c>null</c> for <c>null</c>.</summary>
    public abstract string? Serialize(object? value);

    /// <summary>The value of <paramref name="data"/>; <c>null</c> for <c>null</c>.</summary>
    public abstract object? Deserialize(string? data, Type targetType);

    /// <inheritdoc cref="Deserialize(string, Type)"/>
    public virtual T? Deserialize<T>(string? data)
    {
        var value = Deserialize(data, typeof(T));
        return value is null ? default : (T)value;
    }
}
