using System.Globalization;
using System.Text;
using System.Xml;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Writes trees of objects as new files. To change a file that exists, see <see cref="ScriptEditor"/>.</summary>
public static class DocumentWriter
{
    /// <summary>The binary form.</summary>
    public static byte[] WriteBinary(IReadOnlyList<RobloxInstance> roots) => BinaryDocumentWriter.Write(roots);

    /// <summary>The XML form. Characters that XML can't hold are refused.</summary>
    public static byte[] WriteXml(IReadOnlyList<RobloxInstance> roots)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new() { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true, Indent = false }))
        {
            writer.WriteStartElement("roblox");
            writer.WriteAttributeString("version", "4");
            var number = 0;
            foreach (var root in roots)
            {
                WriteItem(writer, root, ref number);
            }

            writer.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void WriteItem(XmlWriter writer, RobloxInstance instance, ref int number)
    {
        writer.WriteStartElement("Item");
        writer.WriteAttributeString("class", instance.ClassName);
        writer.WriteAttributeString("referent", string.Create(CultureInfo.InvariantCulture, $"RBX{number++:X32}"));
        writer.WriteStartElement("Properties");
        foreach (var (name, value) in instance.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            var (type, text) = value switch
            {
                PropertyValue.Text { Decoded: var decoded } => (name == "Source" ? "ProtectedString" : "string", decoded),
                PropertyValue.Bool { Value: var flag } => ("bool", flag ? "true" : "false"),
                PropertyValue.Enumeration { Value: var item } => ("token", item.ToString(CultureInfo.InvariantCulture)),
                PropertyValue.Capabilities { Bits: var bits } => ("SecurityCapabilities", bits.ToString(CultureInfo.InvariantCulture)),
                _ => throw new InvalidOperationException($"{value.GetType().Name} has no XML form."),
            };
            writer.WriteStartElement(type);
            writer.WriteAttributeString("name", name);
            writer.WriteRaw(Cdata(text));
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        foreach (var child in instance.Children)
        {
            WriteItem(writer, child, ref number);
        }

        writer.WriteEndElement();
    }

    /// <summary>A text as CDATA; a closing bracket of its own is split over two sections, and carriage returns are written as references, since XML reads them as line feeds.</summary>
    internal static string Cdata(string text) =>
        text.Length == 0
            ? ""
            : "<![CDATA[" + text.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal).Replace("\r", "]]>&#xD;<![CDATA[", StringComparison.Ordinal) + "]]>";
}
