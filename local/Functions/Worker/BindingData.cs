namespace Microsoft.Azure.Functions.Worker;

/// <summary>An input as middleware sees and may replace it.</summary>
public abstract class InputBindingData<T>
{
    /// <summary>The binding.</summary>
    public abstract BindingMetadata BindingMetadata { get; }

    /// <summary>The value.</summary>
    public abstract T? Value { get; set; }
}

/// <summary>An output as middleware sees and may replace it.</summary>
public abstract class OutputBindingData<T>
{
    /// <summary>The property bound.</summary>
    public abstract string Name { get; }

    /// <summary>The value.</summary>
    public abstract T? Value { get; set; }

    /// <summary>For example <c>blob</c>.</summary>
    public abstract string BindingType { get; }
}

/// <summary>The result as middleware sees and may replace it.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>The value.</summary>
    public abstract T? Value { get; set; }
}

/// <summary>The result as middleware sees and may replace it.</summary>
public abstract class InvocationResult : InvocationResult<object>
{
}
