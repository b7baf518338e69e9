using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker.Converters;

/// <summary>Turns what a trigger or binding gave into a parameter's type.</summary>
public interface IInputConverter
{
    /// <summary>Converts, or says that it is not for it to do.</summary>
    ValueTask<ConversionResult> ConvertAsync(ConverterContext context);
}

/// <summary>What a converter is asked.</summary>
public abstract class ConverterContext
{
    /// <summary>The type wanted.</summary>
    public abstract Type TargetType { get; }

    /// <summary>What the trigger or binding gave; null when it gave nothing.</summary>
    public abstract object? Source { get; }

    /// <summary>The invocation.</summary>
    public abstract FunctionContext FunctionContext { get; }

    /// <summary>What is known of the parameter.</summary>
    public abstract IReadOnlyDictionary<string, object> Properties { get; }
}

/// <summary>What came of a conversion.</summary>
public enum ConversionStatus
{
    /// <summary>The converter leaves it to the next.</summary>
    Unhandled = 0,

    /// <summary>There is a value.</summary>
    Succeeded = 1,

    /// <summary>There is an error.</summary>
    Failed = 2,
}

/// <summary>A converter's answer.</summary>
public readonly struct ConversionResult
{
    private ConversionResult(ConversionStatus status, object? value, Exception? error)
    {
        Status = status;
        Value = value;
        Error = error;
    }

    /// <summary>What came of it.</summary>
    public ConversionStatus Status { get; }

    /// <summary>The value, when it succeeded.</summary>
    public object? Value { get; }

    /// <summary>The error, when it failed.</summary>
    public Exception? Error { get; }

    /// <summary>It is not for this converter.</summary>
    public static ConversionResult Unhandled() => default;

    /// <summary>There is a value.</summary>
    public static ConversionResult Success(object? value) => new(ConversionStatus.Succeeded, value, null);

    /// <summary>There is an error.</summary>
    public static ConversionResult Failed(Exception exception) => new(ConversionStatus.Failed, null, exception);
}

/// <summary>Names the converter of a type, a parameter or a binding attribute.</summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface | AttributeTargets.Parameter,
    AllowMultiple = true)]
public class InputConverterAttribute : Attribute
{
    /// <summary>Names an <see cref="IInputConverter"/>.</summary>
    public InputConverterAttribute(Type converterType) => ConverterType = converterType;

    /// <summary>The converter.</summary>
    public Type ConverterType { get; }
}

/// <summary>Limits a converter to a target type.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class SupportedTargetTypeAttribute(Type targetType) : Attribute
{
    /// <summary>A type that the converter makes.</summary>
    public Type TargetType { get; } = targetType;
}

/// <summary>Whether the worker's own converters are asked when a binding's converters leave it.</summary>
public enum ConverterFallbackBehavior
{
    /// <summary>They are.</summary>
    Allow = 0,

    /// <summary>They are not.</summary>
    Disallow = 1,

    /// <summary>The same as <see cref="Allow"/>.</summary>
    Default = Allow,
}

/// <summary>States the behaviour of a binding attribute.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConverterFallbackBehaviorAttribute(ConverterFallbackBehavior fallbackBehavior) : Attribute
{
    /// <summary>The behaviour.</summary>
    public ConverterFallbackBehavior Behavior { get; } = fallbackBehavior;
}

/// <summary>For converters.</summary>
public static class ConverterContextExtensions
{
    internal const string BindingAttribute = "bindingAttribute";

    /// <summary>The binding attribute of the parameter, if it is a <typeparamref name="T"/>.</summary>
    public static bool TryGetBindingAttribute<T>(this ConverterContext context, [NotNullWhen(true)] out object? bindingAttribute)
        where T : Attribute => context.TryGetBindingAttribute(typeof(T), out bindingAttribute);

    /// <summary>The binding attribute of the parameter, if it is of that type.</summary>
    public static bool TryGetBindingAttribute(this ConverterContext context, Type type, [NotNullWhen(true)] out object? bindingAttribute) =>
        context.Properties.TryGetValue(BindingAttribute, out bindingAttribute) && type.IsInstanceOfType(bindingAttribute);
}
