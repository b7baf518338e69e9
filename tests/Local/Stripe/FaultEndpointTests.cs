using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary><c>/local/faults</c>, as the services' process maps it.</summary>
public sealed class FaultEndpointTests
{
    [Fact]
    public async Task A_fault_happens_as_often_as_it_was_asked_for_to_the_requests_that_fit()
    {
        await using var world = await StripeWorld.StartAsync();
        await using var local = await LocalAsync(world);
        using var http = new StripeHttp(world.Address);

        var asked = await local.Http.PostAsJsonAsync(
            "/local/faults", new { service = "stripe", request = "POST /v1/invoices/*/pay", fault = "status", value = 503, times = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, asked.StatusCode);
        Assert.Equal(404, (await http.PostAsync("/v1/invoices/in_1/void")).Status);
        Assert.Equal(404, (await http.PostAsync("/v1/invoices/in_1/more/pay")).Status);
        foreach (var status in new[] { 503, 503, 404 })
        {
            Assert.Equal(status, (await PayAsync(http)).Status);
        }
    }

    [Fact]
    public async Task Deleting_the_faults_lifts_all()
    {
        await using var world = await StripeWorld.StartAsync();
        await using var local = await LocalAsync(world);
        using var http = new StripeHttp(world.Address);
        await local.Http.PostAsJsonAsync("/local/faults", new { service = "stripe", fault = "lost-answer", times = 9 }, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<HttpRequestException>(() => PayAsync(http));
        var lifted = await local.Http.DeleteAsync("/local/faults", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, lifted.StatusCode);
        Assert.Equal(404, (await PayAsync(http)).Status);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"service":"nobody","fault":"status"}""")]
    [InlineData("""{"service":"stripe","fault":"earthquake"}""")]
    [InlineData("""{"service":"stripe","fault":"status","value":200}""")]
    [InlineData("""{"service":"stripe","fault":"latency","value":-1}""")]
    [InlineData("""{"service":"stripe","fault":"latency","times":0}""")]
    [InlineData("""{"service":"stripe","fault":"latency","value":"long"}""")]
    public async Task A_fault_that_makes_no_sense_is_a_problem(string body)
    {
        await using var world = await StripeWorld.StartAsync();
        await using var local = await LocalAsync(world);

        var refused = await local.Http.PostAsync("/local/faults", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("invalid_fault", problem.RootElement.GetProperty("code").GetString());
    }

    private static Task<StripeAnswer> PayAsync(StripeHttp http) => http.PostAsync("/v1/invoices/in_1/pay");

    private static async Task<LocalEndpoints> LocalAsync(StripeWorld world)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        world.Host.MapLocal(server);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new(server, new HttpClient { BaseAddress = new Uri(address) });
    }

    private sealed record LocalEndpoints(WebApplication Server, HttpClient Http) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await Server.DisposeAsync();
        }
    }
}
