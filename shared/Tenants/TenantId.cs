using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Tenants;

/// <summary>A tenant, by its slug: a lower-case letter, then 1 to 39 lower-case letters, digits or underscores. A string in JSON.</summary>
[JsonConverter(typeof(TenantIdConverter))]
public readonly partial record struct TenantId
{
    private readonly string? slug;

    /// <exception cref="ArgumentException">Not a slug.</exception>
    public TenantId(string slug) =>
        this.slug = Slugs().IsMatch(slug) ? slug : throw new ArgumentException("Not a tenant's slug.", nameof(slug));

    /// <summary>The slug.</summary>
    public string Slug => slug ?? throw new InvalidOperationException("No tenant.");

    /// <summary>The name of the tenant's schema, and of its role.</summary>
    public string Schema => $"tenant_{Slug}";

    /// <inheritdoc/>
    public override string ToString() => slug ?? "";

    [GeneratedRegex("^[a-z][a-z0-9_]{1,39}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Slugs();

    private sealed class TenantIdConverter : JsonConverter<TenantId>
    {
        public override TenantId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString();
            return text is not null && Slugs().IsMatch(text) ? new(text) : throw new JsonException("Not a tenant's slug.");
        }

        public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Slug);
    }
}
