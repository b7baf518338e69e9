using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>Adds further endpoints to the local host. Register implementations as singletons.</summary>
public interface ILocalEndpoints
{
    /// <summary>Maps the endpoints; called once, when the host starts.</summary>
    void Map(IEndpointRouteBuilder endpoints);
}

/// <summary>What the local host answers over HTTP.</summary>
internal static class HttpPipeline
{
    public static void Listen(KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        var http2 = kestrel.ApplicationServices.GetRequiredService<CleartextHttp2>();
        if (port == 0)
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, http2.Watch);
        }
        else
        {
            kestrel.ListenLocalhost(port, http2.Watch);
        }

        CleartextHttp2.Listen(kestrel);
    }

    public static void Configure(IApplicationBuilder app)
    {
        app.UseRouting();

        // The host answers 404, not 405, to a method that no function has.
        app.Use((http, next) =>
        {
            if (http.GetEndpoint() is null or RouteEndpoint)
            {
                return next(http);
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.UseEndpoints(endpoints =>
        {
            foreach (var local in app.ApplicationServices.GetServices<ILocalEndpoints>())
            {
                local.Map(endpoints);
            }

            endpoints.DataSources.Add(new DefaultEndpointDataSource(app.ApplicationServices.GetRequiredService<HttpFunctions>().Endpoints()));
        });
    }
}
