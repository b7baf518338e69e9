using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Http;

namespace ToolboxAI.Local.Functions;

/// <summary>A request for functions that do without ASP.NET Core. Its body was read whole, as the real host hands it over.</summary>
internal sealed class LocalHttpRequestData : HttpRequestData
{
    private readonly HttpContext http;

    private LocalHttpRequestData(FunctionContext context, HttpContext http, Stream body)
        : base(context)
    {
        this.http = http;
        Body = body;
        Headers = new(http.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Select(value => value ?? ""))));
        Cookies = [.. http.Request.Cookies.Select(cookie => new HttpCookie(cookie.Key, cookie.Value))];
        Url = new(http.Request.GetEncodedUrl());
    }

    public override Stream Body { get; }

    public override HttpHeadersCollection Headers { get; }

    public override IReadOnlyCollection<IHttpCookie> Cookies { get; }

    public override Uri Url { get; }

    public override IEnumerable<ClaimsIdentity> Identities => http.User.Identities;

    public override string Method => http.Request.Method;

    public static async Task<LocalHttpRequestData> ReadAsync(FunctionContext context, HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, context.CancellationToken).ConfigureAwait(false);
        body.Position = 0;
        return new(context, http, body);
    }

    public override HttpResponseData CreateResponse() => new LocalHttpResponseData(FunctionContext);
}

/// <summary>Without ASP.NET Core: reads the request whole, once for each invocation that asks for it.</summary>
internal sealed class HttpRequestDataFeature(HttpContext http) : IHttpRequestDataFeature
{
    private Task<LocalHttpRequestData>? request;

    public async ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context) =>
        await (request ??= LocalHttpRequestData.ReadAsync(context, http)).ConfigureAwait(false);
}

/// <summary>Binds the request.</summary>
internal sealed class HttpRequestDataConverter : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.TargetType != typeof(HttpRequestData))
        {
            return ConversionResult.Unhandled();
        }

        var request = await context.FunctionContext.GetHttpRequestDataAsync().ConfigureAwait(false);
        return request is null ? ConversionResult.Unhandled() : ConversionResult.Success(request);
    }
}
