using System.Runtime.Versioning;
using System.Text.Json;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>The services' process killed at any moment: what was answered stays, what was owed arrives.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServicesKillTests
{
    private const int Kills = 8;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Whenever_the_services_are_killed_no_answer_is_forgotten_no_effect_doubled_and_no_event_lost()
    {
        await using var database = await TestDatabase.CreateAsync();
        var data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
        await using var listener = new WebhookListener(database.ConnectionString);
        await listener.StartAsync();
        var random = new Random(20260729);
        var customers = new List<string>();
        string? address = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var services = Start(database, data);
            var now = await AddressAsync(services, data);
            Assert.Equal(address ?? now, now);
            address = now;
            var before = customers.Count;
            var creating = CreateAsync(address, customers);
            // The first answers of a process take longest: some processes die before them, most a while after.
            while (kill % 4 > 0 && customers.Count < before + 3)
            {
                Assert.False(creating.IsCompleted || services.HasExited, services.Output);
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            await Task.Delay(random.Next(50, 700), TestContext.Current.CancellationToken);
            await services.KillAsync();
            await creating;
        }

        await using var last = Start(database, data);
        using var http = new StripeHttp(await AddressAsync(last, data));
        await ClockAdvance.RunAsync(listener.Session.Database, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);

        Assert.True(customers.Count > Kills, $"{customers.Count} customers were created");
        for (var number = 0; number < customers.Count; number++)
        {
            var named = await http.GetAsync($"/v1/customers?email={number}@kill.example");
            Assert.Equal([customers[number]], named.Body.GetProperty("data").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
        }

        var told = listener.Received.Select(w => w.Event).Where(e => e.Type == "customer.created")
            .Select(e => e.Data.Object).Cast<global::Stripe.Customer>().Select(c => c.Id).ToHashSet();
        Assert.Equal([], customers.Where(c => !told.Contains(c)));
    }

    private static TestProcess Start(TestDatabase database, string data) => TestProcess.Start(
        "ToolboxAI.Local.Services",
        new Dictionary<string, string>
        {
            ["ToolboxLocal__Database"] = database.ConnectionString,
            ["DatabaseConnection"] = database.ConnectionString,
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        },
        "--data", data);

    private static async Task<string> AddressAsync(TestProcess services, string data)
    {
        using var patience = new CancellationTokenSource(StartLimit);
        while (!services.Output.Contains("--attach", StringComparison.Ordinal))
        {
            Assert.False(services.HasExited || patience.IsCancellationRequested, services.Output);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        using var settings = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "services.json"), TestContext.Current.CancellationToken));
        return settings.RootElement.GetProperty("Values").GetProperty("Stripe__ApiBase").GetString()!;
    }

    /// <summary>Creates customers, each under a key of its own, until nobody answers any more.</summary>
    private static async Task CreateAsync(string address, List<string> customers)
    {
        using var http = new StripeHttp(address);
        while (true)
        {
            var number = customers.Count;
            try
            {
                customers.Add((await http.PostAsync("/v1/customers", $"email={number}@kill.example", $"kill-{number}")).Id);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                return; // killed: whether this one was created is what the next run's repetition finds out
            }
        }
    }
}
