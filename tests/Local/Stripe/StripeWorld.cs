using Microsoft.Extensions.Logging;
using Stripe;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.Stripe;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>A Stripe of its own for one test: a database, its moved clock, the simulator and an application that takes webhooks.</summary>
internal sealed class StripeWorld : IAsyncDisposable
{
    public const string Secret = "whsec_local";

    private readonly TestDatabase database;
    private readonly ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddProvider(new FailingLogs()));
    private InstallationSession services = null!;
    private SimulatorHost host = null!;
    private WebhookListener listener = null!;

    private StripeWorld(TestDatabase database) => this.database = database;

    /// <summary>Where the simulator answers.</summary>
    public string Address => host.Running.Single().Address;

    public SimulatorHost Host => host;

    public InstallationSession Session => services;

    /// <summary>What the application answers to a webhook.</summary>
    public Func<Webhook, int> Answer
    {
        get => listener.Answer;
        set => listener.Answer = value;
    }

    /// <summary>The webhooks that arrived, in the order of their arrival.</summary>
    public IReadOnlyList<Webhook> Received => listener.Received;

    /// <summary>The types of the events that arrived.</summary>
    public IReadOnlyList<string> Types => Received.Select(w => w.Event.Type).ToList();

    public StripeClient Client => ClientWith("sk_test_local");

    public static async Task<StripeWorld> StartAsync()
    {
        var world = new StripeWorld(await TestDatabase.CreateAsync());
        await world.StartServicesAsync();
        world.listener = new(world.database.ConnectionString);
        await world.StartApplicationAsync();
        return world;
    }

    public StripeClient ClientWith(string key) => new(new StripeClientOptions
    {
        ApiKey = key,
        ApiBase = Address,
        HttpClient = new SystemNetHttpClient(maxNetworkRetries: 0),
    });

    /// <summary>Starts the simulator again on what it stored.</summary>
    public async Task RestartServicesAsync()
    {
        await host.DisposeAsync();
        await services.DisposeAsync();
        await StartServicesAsync();
    }

    public Task StopApplicationAsync() => listener.StopAsync();

    public Task StartApplicationAsync() => listener.StartAsync();

    public Task<DateTimeOffset> AdvanceAsync(TimeSpan by) => ClockAdvance.RunAsync(services.Database, by, CancellationToken.None);

    /// <summary>Waits until all that was due is done and delivered.</summary>
    public Task SettleAsync() => AdvanceAsync(TimeSpan.Zero);

    public Task FaultAsync(string kind, string request = "", int? value = null, int times = 1) =>
        new Faults(services.Database).AddAsync(new("stripe", request, kind, value, times), CancellationToken.None);

    /// <summary>A customer with a card as its default.</summary>
    public async Task<Customer> CustomerAsync(string card = "pm_card_visa")
    {
        var customer = await Client.V1.Customers.CreateAsync(new() { Email = "billing@demo.example" });
        await GiveCardAsync(customer.Id, card);
        return customer;
    }

    /// <summary>Attaches a card and makes it the customer's default.</summary>
    public async Task<PaymentMethod> GiveCardAsync(string customer, string card)
    {
        var method = await Client.V1.PaymentMethods.AttachAsync(card, new() { Customer = customer });
        await Client.V1.Customers.UpdateAsync(customer, new() { InvoiceSettings = new() { DefaultPaymentMethod = method.Id } });
        return method;
    }

    public async Task<Price> PriceAsync(string? lookupKey = null, string interval = "month", long amount = 1900)
    {
        var product = await Client.V1.Products.CreateAsync(new() { Name = "School" });
        return await Client.V1.Prices.CreateAsync(new()
        {
            Product = product.Id,
            Currency = "eur",
            UnitAmount = amount,
            LookupKey = lookupKey,
            Recurring = new() { Interval = interval },
        });
    }

    public async Task<Subscription> SubscribeAsync(string customer, string behavior = "error_if_incomplete") =>
        await Client.V1.Subscriptions.CreateAsync(new()
        {
            Customer = customer,
            Items = [new() { Price = (await PriceAsync()).Id }],
            PaymentBehavior = behavior,
        });

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await host.DisposeAsync();
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>Writes what the simulator logs as an error to the test's output.</summary>
    private sealed class FailingLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{formatter(state, exception)}: {exception}");
            }
        }

        public void Dispose()
        {
        }
    }

    private async Task StartServicesAsync()
    {
        services = await InstallationSession.JoinAsync(database.ConnectionString, "services", CancellationToken.None);
        host = await SimulatorHost.StartAsync(services, [new StripeSimulator(Secret)], loggers, CancellationToken.None);
    }
}
