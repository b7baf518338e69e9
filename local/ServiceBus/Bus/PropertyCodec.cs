using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Application properties as JSON that keeps their types: <c>{"count":{"int":3}}</c>. The types are those that AMQP carries;
/// any other is refused when the message is sent, as in the original.
/// </summary>
internal static class PropertyCodec
{
    private static readonly (Type Type, string Name, Func<object, JsonNode?> Write, Func<JsonElement, object> Read)[] Types =
    [
        (typeof(string), "string", v => (string)v, e => e.GetString()!),
        (typeof(bool), "bool", v => (bool)v, e => e.GetBoolean()),
        (typeof(byte), "byte", v => (byte)v, e => e.GetByte()),
        (typeof(sbyte), "sbyte", v => (sbyte)v, e => e.GetSByte()),
        (typeof(short), "short", v => (short)v, e => e.GetInt16()),
        (typeof(ushort), "ushort", v => (ushort)v, e => e.GetUInt16()),
        (typeof(int), "int", v => (int)v, e => e.GetInt32()),
        (typeof(uint), "uint", v => (uint)v, e => e.GetUInt32()),
        (typeof(long), "long", v => (long)v, e => e.GetInt64()),
        (typeof(ulong), "ulong", v => (ulong)v, e => e.GetUInt64()),
        (typeof(float), "float", v => Number((float)v), e => float.Parse(e.GetString()!, CultureInfo.InvariantCulture)),
        (typeof(double), "double", v => Number((double)v), e => double.Parse(e.GetString()!, CultureInfo.InvariantCulture)),
        (typeof(decimal), "decimal", v => (decimal)v, e => e.GetDecimal()),
        (typeof(char), "char", v => ((char)v).ToString(), e => e.GetString()![0]),
        (typeof(Guid), "guid", v => (Guid)v, e => e.GetGuid()),
        (typeof(Uri), "uri", v => ((Uri)v).OriginalString, e => new Uri(e.GetString()!, UriKind.RelativeOrAbsolute)),
        (typeof(TimeSpan), "timespan", v => ((TimeSpan)v).Ticks, e => TimeSpan.FromTicks(e.GetInt64())),
        (typeof(DateTime), "datetime", v => ((DateTime)v).ToUniversalTime(), e => e.GetDateTime()),
        (typeof(DateTimeOffset), "datetimeoffset", v => ((DateTimeOffset)v).UtcDateTime, e => new DateTimeOffset(e.GetDateTime(), TimeSpan.Zero)),
        (typeof(byte[]), "binary", v => Convert.ToBase64String((byte[])v), e => e.GetBytesFromBase64()),
    ];

    /// <exception cref="SerializationException">A value's type is none that a message can carry.</exception>
    public static JsonObject Encode(IEnumerable<KeyValuePair<string, object>> properties)
    {
        var encoded = new JsonObject();
        foreach (var (key, value) in properties)
        {
            encoded[key] = value is null ? new JsonObject { ["null"] = null } : EncodeValue(key, value);
        }

        return encoded;
    }

    public static Dictionary<string, object> Decode(JsonElement encoded)
    {
        var properties = new Dictionary<string, object>();
        foreach (var property in encoded.EnumerateObject())
        {
            properties[property.Name] = DecodeValue(property.Value.EnumerateObject().First())!;
        }

        return properties;
    }

    public static object? DecodeValue(JsonProperty typed) => Array.Find(Types, type => type.Name == typed.Name).Read?.Invoke(typed.Value);

    /// <exception cref="SerializationException">The value's type is none that a message can carry.</exception>
    public static JsonObject EncodeValue(string key, object value)
    {
        // An enumeration travels as its number.
        var plain = value is Enum ? Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture) : value;
        var codec = Array.Find(Types, type => type.Type == plain.GetType());
        return codec.Write is null
            ? throw new SerializationException($"A message cannot carry the property '{key}' of type {value.GetType().FullName}.")
            : new JsonObject { [codec.Name] = codec.Write(plain) };
    }

    // As text, so that NaN, the infinities and the exact bits survive.
    private static JsonNode Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static JsonNode Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
