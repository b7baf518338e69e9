using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>AMQP values as JSON that keeps their types: what a property may be (<see cref="PropertyCodec"/>), and lists and maps of it.</summary>
internal static class AmqpValueCodec
{
    private const string Null = "null";
    private const string List = "list";
    private const string Map = "map";

    /// <exception cref="System.Runtime.Serialization.SerializationException">A value's type is none that a message can carry.</exception>
    public static JsonObject Encode(string name, object? value) => value switch
    {
        null => new() { [Null] = null },
        string or byte[] => PropertyCodec.EncodeValue(name, value),
        IDictionary map => new() { [Map] = new JsonObject(map.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, (JsonNode?)Encode(key, map[key])))) },
        IEnumerable list => new() { [List] = new JsonArray([.. list.Cast<object?>().Select(item => Encode(name, item))]) },
        _ => PropertyCodec.EncodeValue(name, value),
    };

    public static object? Decode(JsonElement encoded)
    {
        var typed = encoded.EnumerateObject().First();
        return typed.Name switch
        {
            Null => null,
            List => typed.Value.EnumerateArray().Select(Decode).ToList(),
            Map => typed.Value.EnumerateObject().ToDictionary(member => member.Name, member => Decode(member.Value)),
            _ => PropertyCodec.DecodeValue(typed),
        };
    }
}
