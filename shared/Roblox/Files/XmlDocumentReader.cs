using System.Globalization;
using System.Text;
using System.Xml;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Reads the XML form. No document type, no entities beyond XML's own, no outside resources.</summary>
internal static class XmlDocumentReader
{
    public static RobloxDocument Read(ReadOnlyMemory<byte> file, FileLimits limits)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.MaxContent,
            CheckCharacters = false,
        };
        RequireShortTags(file.Span, limits);
        try
        {
            using var stream = new MemoryStream(file.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, settings);
            return new(RobloxFormat.Xml, new Walk(reader, limits).Run());
        }
        catch (XmlException e)
        {
            throw new FileRefusedException("file_damaged", $"The file is not well-formed XML in line {e.LineNumber}, column {e.LinePosition}: save it from Studio again.");
        }
    }

    // The XML reader holds an object for every attribute of a tag before anybody can look at the first: a gigabyte for 28 MB of them.
    private static void RequireShortTags(ReadOnlySpan<byte> file, FileLimits limits)
    {
        var tags = new XmlTags(file);
        while (tags.Next())
        {
            if (tags.Tag.Length > limits.MaxTag)
            {
                throw new FileRefusedException("tag_too_long", $"A tag of the file, at byte {tags.Start:N0}, has more than {limits.MaxTag:N0} bytes: save the file from Studio again.");
            }
        }
    }

    /// <summary>The state of one pass over the document. Objects that are open stand on a stack, so depth costs no call stack.</summary>
    private sealed class Walk(XmlReader reader, FileLimits limits)
    {
        private readonly List<RobloxInstance> roots = [];
        private readonly Stack<RobloxInstance> open = new();
        private int instances;

        public List<RobloxInstance> Run()
        {
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "roblox")
            {
                throw new FileRefusedException("file_unknown", "The file's root element is not <roblox>.");
            }

            while (reader.Read())
            {
                RequireDepth();
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Item")
                {
                    Open();
                }
                else if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName == "Item")
                {
                    open.Pop();
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Properties" && open.TryPeek(out var instance) && !reader.IsEmptyElement)
                {
                    ReadProperties(instance);
                }
            }

            return roots;
        }

        // Within properties too: the XML reader holds an object for every element that is open.
        private void RequireDepth()
        {
            if (reader.Depth > (limits.MaxDepth * 2) + 8)
            {
                throw new FileRefusedException("too_deep", $"Elements of the file are nested more than {limits.MaxDepth} objects deep.");
            }
        }

        private void Open()
        {
            var instance = new RobloxInstance(reader.GetAttribute("class") ?? "");
            if (++instances > limits.MaxInstances)
            {
                throw new FileRefusedException("too_many_instances", $"The file has more than {limits.MaxInstances:N0} objects.");
            }

            if (open.Count >= limits.MaxDepth)
            {
                throw new FileRefusedException("too_deep", $"Objects of the file are nested more than {limits.MaxDepth} deep.");
            }

            if (open.TryPeek(out var parent))
            {
                parent.Add(instance);
            }
            else
            {
                roots.Add(instance);
            }

            if (!reader.IsEmptyElement)
            {
                open.Push(instance);
            }
        }

        private void ReadProperties(RobloxInstance instance)
        {
            var depth = reader.Depth;
            reader.Read();
            while (reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    reader.Read();
                    continue;
                }

                var name = reader.GetAttribute("name") ?? "";
                if (KeptProperties.Has(name) && IsSimple(reader.LocalName))
                {
                    var type = reader.LocalName;
                    instance.Properties[name] = Value(type, name, TextOf());
                }
                else
                {
                    PassOver();
                }
            }
        }

        private void PassOver()
        {
            var (depth, isEmpty) = (reader.Depth, reader.IsEmptyElement);
            while (reader.Read() && !isEmpty && reader.Depth > depth)
            {
                RequireDepth();
            }

            if (!isEmpty)
            {
                reader.Read();
            }
        }

        private static bool IsSimple(string type) => type is "string" or "ProtectedString" or "bool" or "token" or "SecurityCapabilities";

        // The text of an element that holds text only; a source may stand in several CDATA sections.
        private string TextOf()
        {
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return "";
            }

            var text = new StringBuilder();
            var depth = reader.Depth;
            while (reader.Read() && reader.Depth > depth)
            {
                RequireDepth();
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                {
                    text.Append(reader.Value);
                }
            }

            reader.Read();
            return text.ToString();
        }

        private static PropertyValue Value(string type, string name, string text)
        {
            var trimmed = type is "string" or "ProtectedString" ? text : text.Trim();
            return (type, trimmed) switch
            {
                ("string" or "ProtectedString", _) => new PropertyValue.Text(text),
                ("bool", "true") => PropertyValue.Bool.Of(true),
                ("bool", "false") => PropertyValue.Bool.Of(false),
                ("token", _) when uint.TryParse(trimmed, CultureInfo.InvariantCulture, out var item) => new PropertyValue.Enumeration(item),
                ("SecurityCapabilities", _) when ulong.TryParse(trimmed, CultureInfo.InvariantCulture, out var bits) => new PropertyValue.Capabilities(bits),
                _ => throw new FileRefusedException("file_damaged", $"The property {name} has a value that is not of its type {type}."),
            };
        }
    }
}
