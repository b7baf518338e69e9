using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Stripe;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>A webhook as it arrived.</summary>
/// <param name="Header">Its <c>Stripe-Signature</c>.</param>
/// <param name="Body">Its bytes as text.</param>
internal sealed record Webhook(string Header, string Body)
{
    /// <summary>The event, its signature checked.</summary>
    public Event Event => EventUtility.ConstructEvent(Body, Header, StripeWorld.Secret);
}

/// <summary>An application of an installation that does nothing but take Stripe's webhooks.</summary>
internal sealed class WebhookListener(string database) : IAsyncDisposable
{
    private readonly ConcurrentQueue<Webhook> received = new();
    private WebApplication? server;
    private InstallationSession? session;

    /// <summary>What it answers.</summary>
    public Func<Webhook, int> Answer { get; set; } = _ => 200;

    /// <summary>The webhooks that arrived, in the order of their arrival.</summary>
    public IReadOnlyList<Webhook> Received => [.. received];

    /// <summary>Its membership of the installation; there while it runs.</summary>
    public InstallationSession Session => session!;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        server = builder.Build();
        server.MapPost("/api/v1/webhooks/stripe", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
            var webhook = new Webhook(http.Request.Headers["Stripe-Signature"].ToString(), await reader.ReadToEndAsync());
            received.Enqueue(webhook);
            return Results.StatusCode(Answer(webhook));
        });
        await server.StartAsync();
        session = await InstallationSession.JoinAsync(database, "member", CancellationToken.None);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await session.AnnounceAsync("application", address, CancellationToken.None);
    }

    public async Task StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
            server = null;
        }

        if (session is not null)
        {
            await session.DisposeAsync();
            session = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
