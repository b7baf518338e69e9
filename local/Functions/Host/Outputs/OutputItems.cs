using System.Collections;
using Azure.Core.Serialization;

namespace ToolboxAI.Local.Functions;

/// <summary>What an output's value holds: one item, or with an array or list one for each element.</summary>
internal static class OutputItems
{
    public static IEnumerable<object> Of(object value) => value is string or byte[] or BinaryData || value is not IEnumerable many
        ? [value]
        : many.Cast<object?>().OfType<object>();

    /// <summary>Text and bytes as they are, anything else as JSON.</summary>
    public static async ValueTask<BinaryData> ContentAsync(object item, ObjectSerializer serializer, CancellationToken cancellationToken) => item switch
    {
        BinaryData data => data,
        byte[] bytes => BinaryData.FromBytes(bytes),
        string text => BinaryData.FromString(text),
        Stream stream => await BinaryData.FromStreamAsync(stream, cancellationToken).ConfigureAwait(false),
        _ => await serializer.SerializeAsync(item, item.GetType(), cancellationToken).ConfigureAwait(false),
    };
}
