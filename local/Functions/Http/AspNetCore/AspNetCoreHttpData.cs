using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace ToolboxAI.Local.Functions;

/// <summary>Hands out the request of ASP.NET Core in its other form; nothing is read ahead.</summary>
internal sealed class AspNetCoreRequestDataFeature(HttpContext http) : IHttpRequestDataFeature
{
    private AspNetCoreRequestData? request;

    public ValueTask<HttpRequestData?> GetHttpRequestDataAsync(FunctionContext context) => new(request ??= new(context, http));
}

/// <summary>The request of ASP.NET Core for functions that take <see cref="HttpRequestData"/>: its body is the connection's stream.</summary>
internal sealed class AspNetCoreRequestData(FunctionContext context, HttpContext http) : HttpRequestData(context)
{
    public override Stream Body => http.Request.Body;

    public override HttpHeadersCollection Headers { get; } =
        new(http.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Select(value => value ?? ""))));

    public override IReadOnlyCollection<IHttpCookie> Cookies { get; } =
        [.. http.Request.Cookies.Select(cookie => new HttpCookie(cookie.Key, cookie.Value))];

    public override Uri Url { get; } = new(http.Request.GetEncodedUrl());

    public override IEnumerable<ClaimsIdentity> Identities => http.User.Identities;

    public override string Method => http.Request.Method;

    public override HttpResponseData CreateResponse() => new AspNetCoreResponseData(FunctionContext, http.Response);
}

/// <summary>The response of ASP.NET Core in its other form: what is written to its body goes out at once, status and headers before it.</summary>
internal sealed class AspNetCoreResponseData : HttpResponseData
{
    private readonly HttpResponse response;

    public AspNetCoreResponseData(FunctionContext context, HttpResponse response)
        : base(context)
    {
        this.response = response;
        Cookies = new AspNetCoreResponseCookies(response);
        response.OnStarting(SendHeaders);
    }

    public override HttpStatusCode StatusCode
    {
        get => (HttpStatusCode)response.StatusCode;
        set => response.StatusCode = (int)value;
    }

    public override HttpHeadersCollection Headers { get; set; } = [];

    public override Stream Body
    {
        get => response.Body;
        set => response.Body = value;
    }

    public override HttpCookies Cookies { get; }

    private Task SendHeaders()
    {
        foreach (var (name, values) in Headers)
        {
            response.Headers[name] = values.ToArray();
        }

        return Task.CompletedTask;
    }

    private sealed class AspNetCoreResponseCookies(HttpResponse response) : HttpCookies
    {
        public override void Append(string name, string value) => Append(new HttpCookie(name, value));

        public override void Append(IHttpCookie cookie) => response.Cookies.Append(cookie.Name, cookie.Value, LocalHttpResponseData.Options(cookie));

        public override IHttpCookie CreateNew() => new HttpCookie("", "");
    }
}
