using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>What holds for all of the process.</summary>
public static class StripeConfiguration
{
    private static IStripeClient client;

    /// <summary>The API's release that this library speaks; it is sent with every request.</summary>
    public static string ApiVersion => "2026-07-29.dahlia";

    /// <summary>The release's name without its date: events of the same one can be read.</summary>
    public static string MajorApiVersion => "dahlia";

    /// <summary>The version of the package whose surface this is.</summary>
    public static string StripeNetVersion => "52.2.0";

    /// <summary>The key of the client that is made when none is given.</summary>
    public static string ApiKey { get; set; }

    /// <summary>How often the client that is made when none is given sends a request again (2).</summary>
    public static int MaxNetworkRetries { get; set; } = SystemNetHttpClient.DefaultMaxNumberRetries;

    /// <summary>The client of services that were made without one.</summary>
    public static IStripeClient StripeClient
    {
        get => client ??= new StripeClient(ApiKey, httpClient: new SystemNetHttpClient(maxNetworkRetries: MaxNetworkRetries));
        set => client = value;
    }

    /// <summary>How answers are read.</summary>
    public static JsonSerializerOptions SerializerOptions { get; set; } = DefaultStjSerializerOptions();

    /// <summary>How answers are read unless somebody changes <see cref="SerializerOptions"/>.</summary>
    public static JsonSerializerOptions DefaultStjSerializerOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new UnixTimeConverter(), new ExpandableFieldConverter(), new KnownObjectConverter() },
    };
}
