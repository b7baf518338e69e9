using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>A method as its name.</summary>
internal sealed class HttpMethodConverter : JsonConverter<HttpMethod>
{
    public override HttpMethod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, HttpMethod value, JsonSerializerOptions options) => writer.WriteStringValue(value.Method);
}

/// <summary>Headers as an object: a string for one value, an array for several. Names ignore case.</summary>
internal sealed class HttpHeadersConverter : JsonConverter<IDictionary<string, StringValues>>
{
    public override IDictionary<string, StringValues> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in document.RootElement.EnumerateObject())
        {
            headers[header.Name] = header.Value.ValueKind == JsonValueKind.Array
                ? new StringValues([.. header.Value.EnumerateArray().Select(value => value.GetString())])
                : new StringValues(header.Value.GetString());
        }

        return headers;
    }

    public override void Write(Utf8JsonWriter writer, IDictionary<string, StringValues> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, values) in value)
        {
            writer.WritePropertyName(name);
            if (values.Count == 1)
            {
                writer.WriteStringValue(values[0]);
            }
            else
            {
                JsonSerializer.Serialize(writer, values.ToArray());
            }
        }

        writer.WriteEndObject();
    }
}

/// <summary>A token source with its kind. Only that of a managed identity can be written down.</summary>
internal sealed class TokenSourceConverter : JsonConverter<TokenSource>
{
    private const string Kind = "AzureManagedIdentity";

    public override TokenSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var source = document.RootElement;
        var kind = source.GetProperty("kind").GetString();
        return kind == Kind
            ? new ManagedIdentityTokenSource(
                source.GetProperty("resource").GetString()!,
                source.TryGetProperty("options", out var identity) ? identity.Deserialize<ManagedIdentityOptions>() : null)
            : throw new NotSupportedException($"Tokens of the kind '{kind}' are not supported.");
    }

    public override void Write(Utf8JsonWriter writer, TokenSource value, JsonSerializerOptions options)
    {
        if (value is not ManagedIdentityTokenSource identity)
        {
            throw new NotSupportedException($"The token source {value.GetType()} is not supported: only {nameof(ManagedIdentityTokenSource)} is.");
        }

        writer.WriteStartObject();
        writer.WriteString("kind", Kind);
        writer.WriteString("resource", identity.Resource);
        if (identity.Options is { } signIn)
        {
            writer.WritePropertyName("options");
            JsonSerializer.Serialize(writer, signIn);
        }

        writer.WriteEndObject();
    }
}
