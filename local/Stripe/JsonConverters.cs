using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Times are seconds since 1970 on the wire and UTC here.</summary>
internal sealed class UnixTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64()).UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(new DateTimeOffset(value.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeSeconds());
}

/// <summary>Reads a reference, be it an id or an expanded object.</summary>
internal sealed class ExpandableFieldConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ExpandableField<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()));

    private sealed class Converter<T> : JsonConverter<ExpandableField<T>>
        where T : class, IHasId
    {
        public override ExpandableField<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? ExpandableField<T>.WithId(reader.GetString(), null)
                : ExpandableField<T>.With(JsonSerializer.Deserialize<T>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, ExpandableField<T> value, JsonSerializerOptions options)
        {
            if (value.ExpandedObject is { } expanded)
            {
                JsonSerializer.Serialize(writer, expanded, options);
            }
            else
            {
                writer.WriteStringValue(value.Id);
            }
        }
    }
}

/// <summary>Reads an object as the type that its <c>object</c> field names; one that this library does not know is null.</summary>
internal sealed class KnownObjectConverter : JsonConverter<IHasObject>
{
    private static readonly Dictionary<string, Type> Known = new()
    {
        ["charge"] = typeof(Charge),
        ["customer"] = typeof(Customer),
        ["event"] = typeof(Event),
        ["invoice"] = typeof(Invoice),
        ["invoice_payment"] = typeof(InvoicePayment),
        ["payment_intent"] = typeof(PaymentIntent),
        ["payment_method"] = typeof(PaymentMethod),
        ["price"] = typeof(Price),
        ["product"] = typeof(Product),
        ["refund"] = typeof(Refund),
        ["subscription"] = typeof(Subscription),
        ["subscription_item"] = typeof(SubscriptionItem),
    };

    public override IHasObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("object", out var name)
            || !Known.TryGetValue(name.GetString() ?? "", out var type))
        {
            return null;
        }

        var entity = (IHasObject)root.Deserialize(type, options);
        (entity as StripeEntity)?.KeepRaw(root.GetRawText());
        return entity;
    }

    public override void Write(Utf8JsonWriter writer, IHasObject value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
