using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Hands everything under <c>/local/</c> that the host itself doesn't answer to the process of the services
/// (setting <c>ToolboxLocal__Services</c>): services, faults, mailbox. Development only.
/// </summary>
internal sealed class ServicesForwarder(IConfiguration settings, LocalInstallation installation) : ILocalEndpoints, IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (installation.IsDevelopment && settings["ToolboxLocal:Services"] is { Length: > 0 } address)
        {
            var services = new Uri(address);
            endpoints.Map("/local/{**path}", http => ForwardAsync(http, services));
        }
    }

    public void Dispose() => client.Dispose();

    private async Task ForwardAsync(HttpContext http, Uri services)
    {
        using var request = new HttpRequestMessage(new(http.Request.Method), new Uri(services, http.Request.Path + http.Request.QueryString.Value));
        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (name is not ("Host" or "Connection" or "Transfer-Encoding") && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        try
        {
            using var response = await client.SendAsync(request, http.RequestAborted).ConfigureAwait(false);
            http.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                if (name != "Transfer-Encoding")
                {
                    http.Response.Headers[name] = values.ToArray();
                }
            }

            await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (!http.Response.HasStarted)
        {
            http.Response.StatusCode = (int)HttpStatusCode.BadGateway;
            var problem = new { type = "about:blank", title = "Bad Gateway", status = 502, code = "services_unreachable", detail = $"The services at {services} don't answer." };
            await http.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json").ConfigureAwait(false);
        }
    }
}
