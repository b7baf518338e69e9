namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>The binary form's codes of the property types that we read.</summary>
internal static class BinaryPropertyTypes
{
    public const byte Text = 0x01;
    public const byte Bool = 0x02;
    public const byte Enumeration = 0x12;
    public const byte Capabilities = 0x21;

    public static byte CodeOf(PropertyValue value) => value switch
    {
        PropertyValue.Text => Text,
        PropertyValue.Bool => Bool,
        PropertyValue.Enumeration => Enumeration,
        PropertyValue.Capabilities => Capabilities,
        _ => throw new InvalidOperationException($"{value.GetType().Name} has no binary form."),
    };
}
