using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>Attributes as a caller sends them; what is left out stays as it is, or gets its default.</summary>
internal sealed record AttributesInput(bool? Enabled, long? Nbf, long? Exp);

/// <summary>The body of a PUT and, without a value, of a PATCH.</summary>
internal sealed record SecretInput(string? Value, string? ContentType, Dictionary<string, string>? Tags, AttributesInput? Attributes);

/// <summary>Reads and checks requests, and writes answers in the service's form.</summary>
internal static partial class VaultBodies
{
    private const int MostBytes = 25 * 1024;
    private const int MostTags = 15;
    private const int MostText = 255;
    private const int MostTagText = 256;

    /// <summary>Answers leave out what is not there.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static async Task<T> ReadAsync<T>(HttpRequest request) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json, request.HttpContext.RequestAborted)
                ?? throw VaultRefusal.BadParameter("Request body not specified.");
        }
        catch (JsonException e)
        {
            throw VaultRefusal.BadParameter($"Unable to parse the request body: {e.Path}.");
        }
    }

    public static string CheckName(string name) => Name().IsMatch(name)
        ? name
        : throw VaultRefusal.BadParameter($"The request URI contains an invalid name: {name}");

    public static SecretInput Check(this SecretInput input)
    {
        if (input.Value is { } value && System.Text.Encoding.UTF8.GetByteCount(value) > MostBytes)
        {
            throw VaultRefusal.BadParameter($"Secret value is limited to {MostBytes} bytes.");
        }

        if (input.ContentType?.Length > MostText)
        {
            throw VaultRefusal.BadParameter($"The content type is limited to {MostText} characters.");
        }

        if (input.Tags is { } tags && (tags.Count > MostTags || tags.Any(tag => tag.Key.Length > MostTagText || tag.Value.Length > MostTagText)))
        {
            throw VaultRefusal.BadParameter($"There may be {MostTags} tags of {MostTagText} characters.");
        }

        return input.Attributes is { Nbf: { } from, Exp: { } to } && to <= from
            ? throw VaultRefusal.BadParameter("The attribute exp must be later than nbf.")
            : input;
    }

    /// <summary>A bundle; the listing of a secret or a version is one without its value.</summary>
    public static Dictionary<string, object?> Bundle(string vault, StoredVersion version, bool withValue, bool withVersion = true) => new()
    {
        ["value"] = withValue ? version.Value : null,
        ["contentType"] = version.ContentType,
        ["id"] = $"{vault}/secrets/{version.Name}{(withVersion ? "/" + version.Version : "")}",
        ["attributes"] = new
        {
            enabled = version.Enabled,
            nbf = version.NotBefore,
            exp = version.Expires,
            created = version.Created,
            updated = version.Updated,
            recoveryLevel = "CustomizedRecoverable+Purgeable",
            recoverableDays = VaultSecrets.RecoverableDays,
        },
        ["tags"] = version.Tags,
    };

    /// <summary>The same with what is known of its deletion.</summary>
    public static Dictionary<string, object?> Deleted(string vault, StoredVersion newest, StoredDeletion deletion, bool withValue)
    {
        var body = Bundle(vault, newest, withValue, withVersion: withValue);
        body["recoveryId"] = $"{vault}/deletedsecrets/{newest.Name}";
        body["deletedDate"] = deletion.DeletedAt;
        body["scheduledPurgeDate"] = deletion.PurgeAt;
        return body;
    }

    public static Dictionary<string, object?> WithoutNulls(this Dictionary<string, object?> body) =>
        body.Where(member => member.Value is not null).ToDictionary();

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
