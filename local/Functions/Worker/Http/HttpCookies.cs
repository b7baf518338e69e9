using System.Net.Http.Headers;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Whether a browser sends a cookie along with requests from other sites.</summary>
public enum SameSite
{
    /// <summary>Says nothing.</summary>
    None = 0,

    /// <summary><c>SameSite=Lax</c>.</summary>
    Lax = 1,

    /// <summary><c>SameSite=Strict</c>.</summary>
    Strict = 2,

    /// <summary><c>SameSite=None</c>.</summary>
    ExplicitNone = 3,
}

/// <summary>A cookie.</summary>
public interface IHttpCookie
{
    /// <summary>The hosts that get it.</summary>
    string? Domain { get; }

    /// <summary>When it ends.</summary>
    DateTimeOffset? Expires { get; }

    /// <summary>Whether scripts can't read it.</summary>
    bool? HttpOnly { get; }

    /// <summary>How long it lives, in seconds.</summary>
    double? MaxAge { get; }

    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>The paths that get it.</summary>
    string? Path { get; }

    /// <summary>Whether other sites' requests carry it.</summary>
    SameSite SameSite { get; }

    /// <summary>Whether only encrypted requests carry it.</summary>
    bool? Secure { get; }

    /// <summary>The value.</summary>
    string Value { get; }
}

/// <summary>A cookie.</summary>
public sealed class HttpCookie(string name, string value) : IHttpCookie
{
    /// <inheritdoc cref="IHttpCookie.Domain"/>
    public string? Domain { get; set; }

    /// <inheritdoc cref="IHttpCookie.Expires"/>
    public DateTimeOffset? Expires { get; set; }

    /// <inheritdoc cref="IHttpCookie.HttpOnly"/>
    public bool? HttpOnly { get; set; }

    /// <inheritdoc cref="IHttpCookie.MaxAge"/>
    public double? MaxAge { get; set; }

    /// <inheritdoc cref="IHttpCookie.Name"/>
    public string Name { get; set; } = name;

    /// <inheritdoc cref="IHttpCookie.Path"/>
    public string? Path { get; set; }

    /// <inheritdoc cref="IHttpCookie.SameSite"/>
    public SameSite SameSite { get; set; }

    /// <inheritdoc cref="IHttpCookie.Secure"/>
    public bool? Secure { get; set; }

    /// <inheritdoc cref="IHttpCookie.Value"/>
    public string Value { get; set; } = value;
}

/// <summary>The cookies of a response.</summary>
public abstract class HttpCookies
{
    /// <summary>Appends a cookie.</summary>
    public abstract void Append(string name, string value);

    /// <summary>Appends a cookie.</summary>
    public abstract void Append(IHttpCookie cookie);

    /// <summary>A new cookie, not yet appended.</summary>
    public abstract IHttpCookie CreateNew();
}

/// <summary>The headers of a request or a response.</summary>
public class HttpHeadersCollection : HttpHeaders
{
    /// <summary>None.</summary>
    public HttpHeadersCollection()
    {
    }

    /// <summary>These, not validated.</summary>
    public HttpHeadersCollection(IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>These, not validated.</summary>
    public HttpHeadersCollection(IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers)
    {
        foreach (var (name, values) in headers)
        {
            TryAddWithoutValidation(name, values);
        }
    }
}

/// <summary>Gives an invocation its request.</summary>
public interface IHttpRequestDataFeature
{
    /// <summary>The request; null when the trigger isn't HTTP.</summary>
    ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context);
}
