using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Tests.Local.Functions;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>The HTTP management API of Durable Functions, as observed on the original.</summary>
public sealed class ManagementApiTests
{
    private const string Root = "runtime/webhooks/durabletask";

    [Fact]
    public async Task An_instance_is_started_watched_steered_and_purged()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Anonymous(app).GetAsync($"{Root}/instances/one")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"{Root}/instances/one")).StatusCode);

        var started = await app.Client.PostAsync($"{Root}/orchestrators/WaitForName/one", null);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), started.Headers.RetryAfter!.Delta);
        var payload = await started.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("one", payload.GetProperty("id").GetString());
        Assert.Contains("/instances/one/raiseEvent/{eventName}?taskHub=", payload.GetProperty("sendEventPostUri").GetString());
        Assert.Contains("reason={text}&", payload.GetProperty("terminatePostUri").GetString());

        var conflict = await app.Client.PostAsync($"{Root}/orchestrators/WaitForName/one", null);
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Contains("already exists.", await conflict.Content.ReadAsStringAsync());

        // The address that was handed out carries its own key.
        var running = await Anonymous(app).GetAsync(payload.GetProperty("statusQueryGetUri").GetString());
        Assert.Equal(HttpStatusCode.Accepted, running.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), running.Headers.RetryAfter!.Delta);

        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.PostAsync($"{Root}/instances/one/raiseEvent/name", new StringContent("x"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.PostAsync($"{Root}/instances/one/raiseEvent/name", Json("{"))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.Client.DeleteAsync($"{Root}/instances/one")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await app.Client.PostAsync($"{Root}/instances/one/raiseEvent/name", Json("\"Zoe\""))).StatusCode);

        var end = await UntilAsync(app, "one?showHistory=true&showHistoryOutput=true", HttpStatusCode.OK);
        Assert.Equal("Completed", end.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Zoe2", end.GetProperty("output").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", end.GetProperty("createdTime").GetString());
        Assert.Equal("ExecutionStarted", end.GetProperty("historyEvents")[0].GetProperty("EventType").GetString());

        Assert.Equal(HttpStatusCode.Gone, (await app.Client.PostAsync($"{Root}/instances/one/raiseEvent/name", Json("1"))).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await app.Client.PostAsync($"{Root}/instances/one/terminate?reason=late", null)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.Client.PostAsync($"{Root}/instances/one/rewind", null)).StatusCode);
        Assert.Equal("""{"instancesDeleted":1}""", await (await app.Client.DeleteAsync($"{Root}/instances/one")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.DeleteAsync($"{Root}/instances?createdTimeFrom=2000-01-01")).StatusCode);
        foreach (var unclear in (string[])["", "?createdTimeFrom=", "?createdTimeFrom=2000-01-01T00:00:00+x", "?createdTimeFrom=2000-01-01&createdTimeTo=soon", "?createdTimeFrom=2000-01-01&runtimeStatus=Done"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.DeleteAsync($"{Root}/instances{unclear}")).StatusCode);
        }

    }

    [Fact]
    public async Task A_terminated_instance_shows_its_reason_and_an_unknown_orchestrator_is_accepted_and_fails()
    {
        await using var app = await StartAsync();
        await app.Client.PostAsync($"{Root}/orchestrators/WaitForName/held", null);
        await app.Client.PostAsync($"{Root}/orchestrators/Unheard/unknown", null);
        Assert.Equal(HttpStatusCode.Accepted, (await app.Client.PostAsync($"{Root}/instances/held/terminate?reason=enough", null)).StatusCode);

        Assert.Equal("enough", (await UntilAsync(app, "held", HttpStatusCode.OK)).GetProperty("output").GetString());
        Assert.Equal("Failed", (await UntilAsync(app, "unknown", HttpStatusCode.OK)).GetProperty("runtimeStatus").GetString());
        await UntilAsync(app, "unknown?returnInternalServerErrorOnFailure=true", HttpStatusCode.InternalServerError);
        var list = await app.Client.GetFromJsonAsync<JsonElement>($"{Root}/instances?runtimeStatus=Failed,Terminated&top=1");
        Assert.Equal(1, list.GetArrayLength());
    }

    [Fact]
    public async Task A_function_hands_out_addresses_that_work()
    {
        await using var app = await StartAsync();

        var answer = await app.Client.PostAsync("api/check", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Null(answer.Headers.RetryAfter);
        var payload = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("reason={{text}}", payload.GetProperty("TerminatePostUri").GetString());
        Assert.Equal(answer.Headers.Location!.ToString(), payload.GetProperty("StatusQueryGetUri").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await Anonymous(app).GetAsync(answer.Headers.Location)).StatusCode);
        var other = await app.Client.GetFromJsonAsync<JsonElement>("api/addresses");
        Assert.StartsWith(app.Address.ToString(), other.GetProperty("statusQueryGetUri").GetString());
    }

    [Fact]
    public async Task An_asynchronous_http_api_answers_at_once_and_is_polled_to_its_end()
    {
        await using var app = await StartAsync();
        using var anyone = Anonymous(app);
        var accepted = await anyone.PostAsync("api/check", null);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var status = accepted.Headers.Location!;
        var addresses = await accepted.Content.ReadFromJsonAsync<JsonElement>();

        var polled = await anyone.GetAsync(status);
        Assert.Equal(HttpStatusCode.Accepted, polled.StatusCode);
        Assert.Equal(status.AbsolutePath, polled.Headers.Location!.AbsolutePath);
        var address = addresses.GetProperty("SendEventPostUri").GetString()!.Replace("{eventName}", "name");
        Assert.Equal(HttpStatusCode.Accepted, (await anyone.PostAsync(address, Json("\"Lu\""))).StatusCode);

        var deadline = Engine.Soon;
        while ((polled = await anyone.GetAsync(status, deadline)).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(10, deadline);
        }

        Assert.StartsWith("Lu", (await polled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("output").GetString());
    }

    [Fact]
    public async Task What_was_set_aside_is_listed_and_released_with_the_master_key()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Anonymous(app).GetAsync("admin/durable/set-aside")).StatusCode);
        await app.Client.PostAsync($"{Root}/orchestrators/WaitForName/held", null);
        var hub = await app.Host.Services.GetRequiredService<FunctionsHub>().OpenAsync();
        while (await hub.Store.FindAsync("held", Engine.Soon) is not { Status: OrchestrationRuntimeStatus.Running })
        {
            await Task.Delay(5, Engine.Soon);
        }

        // A worker of ours takes a message before the application's does, and gives up.
        var worker = await hub.Store.JoinAsync(Engine.Soon);
        LeasedInstance? leased = null;
        while (leased is null)
        {
            await hub.Store.SendAsync(new NewMessage("held", new EventRaised("unwanted", null)), Engine.Soon);
            leased = (await hub.Store.CommitAsync(worker, [], new FetchRequest(1, 0, null), Engine.Soon)).Work.Instances.SingleOrDefault();
        }

        await hub.Store.SetInstanceAsideAsync(worker, leased.Instance.Key, "poison", Engine.Soon);
        await app.Client.PostAsync($"{Root}/instances/held/raiseEvent/name", Json("\"Zoe\""));

        var listed = await app.Client.GetFromJsonAsync<JsonElement>("admin/durable/set-aside");
        Assert.Equal("poison", listed[0].GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.PostAsync("admin/durable/set-aside/other/release", null)).StatusCode);
        var released = await app.Client.PostAsync("admin/durable/set-aside/held/release", null);
        Assert.Equal("""{"released":1}""", await released.Content.ReadAsStringAsync());
        await UntilAsync(app, "held", HttpStatusCode.OK);
    }

    private static async Task<LocalApp> StartAsync()
    {
        var app = await LocalApp.StartAsync(typeof(Greetings), typeof(Greet));
        app.Client.DefaultRequestHeaders.Add("x-functions-key", "test_master_key");
        return app;
    }

    private static HttpClient Anonymous(LocalApp app) => new() { BaseAddress = app.Address };

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> UntilAsync(LocalApp app, string instance, HttpStatusCode status)
    {
        var deadline = Engine.Soon;
        while (true)
        {
            var answer = await app.Client.GetAsync($"{Root}/instances/{instance}", deadline);
            if (answer.StatusCode == status)
            {
                return await answer.Content.ReadFromJsonAsync<JsonElement>(deadline);
            }

            await Task.Delay(10, deadline);
        }
    }
}
