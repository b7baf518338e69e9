namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Marks what binds a function to the outside.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    public BindingAttribute()
    {
    }
}

/// <summary>Base of all triggers: stands on the parameter that receives what set the function off.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    /// <summary>Creates the attribute.</summary>
    public TriggerBindingAttribute()
    {
    }
}

/// <summary>Base of all input bindings other than triggers.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    /// <summary>Creates the attribute.</summary>
    public InputBindingAttribute()
    {
    }
}

/// <summary>Base of all output bindings: on a method it takes the return value, on a property of the returned object that property.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute
{
    /// <summary>Creates the attribute.</summary>
    public OutputBindingAttribute()
    {
    }
}

/// <summary>Names what the host may do for a binding, for example retry the function.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindingCapabilitiesAttribute(params string[] capabilities) : Attribute
{
    /// <summary>See <see cref="KnownBindingCapabilities"/>.</summary>
    public string[] Capabilities { get; } = capabilities;
}

/// <summary>The capabilities that the host knows.</summary>
public static class KnownBindingCapabilities
{
    /// <summary>The host runs the function again, in the same process, as its retry attribute says.</summary>
    public const string FunctionLevelRetry = "FunctionLevelRetry";
}

/// <summary>The name that a property has in the function's metadata, where it differs from the property's own.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BindingPropertyNameAttribute(string bindingPropertyName) : Attribute
{
    /// <summary>The name in the metadata.</summary>
    public string BindingPropertyName { get; } = bindingPropertyName;
}

/// <summary>The value that a binding's property has when the source doesn't set it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class DefaultValueAttribute : Attribute
{
    /// <summary>A default of type string.</summary>
    public DefaultValueAttribute(string stringDefault) => DefaultStringValue = stringDefault;

    /// <summary>A default of type bool.</summary>
    public DefaultValueAttribute(bool boolDefault) => DefaultBoolValue = boolDefault;

    /// <summary>The default, when it is a string.</summary>
    public string? DefaultStringValue { get; }

    /// <summary>The default, when it is a bool.</summary>
    public bool? DefaultBoolValue { get; }
}

/// <summary>Says that the worker, not the host, fetches the binding's value.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class SupportsDeferredBindingAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    public SupportsDeferredBindingAttribute()
    {
    }
}

/// <summary>Which package of the host an extension belongs to.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public class ExtensionInformationAttribute : Attribute
{
    /// <summary>Names the package.</summary>
    public ExtensionInformationAttribute(string extensionPackage, string extensionVersion)
        : this(extensionPackage, extensionVersion, false)
    {
    }

    /// <summary>Names the package, and whether it is registered without a binding that uses it.</summary>
    public ExtensionInformationAttribute(string extensionPackage, string extensionVersion, bool enableImplicitRegistration)
    {
        ExtensionPackage = extensionPackage;
        ExtensionVersion = extensionVersion;
        EnableImplicitRegistration = enableImplicitRegistration;
    }

    /// <summary>The package's id.</summary>
    public string ExtensionPackage { get; }

    /// <summary>The package's version.</summary>
    public string ExtensionVersion { get; }

    /// <summary>Whether the host registers it even when no function uses it.</summary>
    public bool EnableImplicitRegistration { get; }
}

/// <summary>One message or many.</summary>
public enum Cardinality
{
    /// <summary>A batch.</summary>
    Many = 0,

    /// <summary>A single one.</summary>
    One = 1,
}

/// <summary>A trigger that can hand over batches.</summary>
public interface ISupportCardinality
{
    /// <summary>One or many.</summary>
    Cardinality Cardinality { get; set; }
}
