using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.ServiceBus;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>One bus for the tests of a class, each with entities of its own.</summary>
public abstract class BusFixture : IAsyncLifetime
{
    public string ConnectionString { get; protected set; } = "";

    /// <summary>The moved clock.</summary>
    public abstract TimeProvider Clock { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Moves the clock on.</summary>
    public abstract Task AdvanceAsync(TimeSpan by);

    public ServiceBusClient Client(ServiceBusClientOptions? options = null) => new(ConnectionString, options ?? new());

    public ServiceBusAdministrationClient Administration() => new(ConnectionString);
}

public sealed class PostgresBusFixture : BusFixture
{
    private TestDatabase? database;
    private InstallationSession? session;

    public override TimeProvider Clock => session!.Clock;

    public override async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        ConnectionString = database.ConnectionString;
        session = await InstallationSession.ForAsync(ConnectionString);
    }

    public override Task AdvanceAsync(TimeSpan by) => ClockAdvance.RunAsync(session!.Database, by, TestContext.Current.CancellationToken);

    public override ValueTask DisposeAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class MemoryBusFixture : BusFixture
{
    private readonly ShiftedClock clock = new();
    private InMemoryBus? bus;

    public override TimeProvider Clock => clock;

    public override ValueTask InitializeAsync()
    {
        bus = InMemoryBus.Create("contract-" + Guid.NewGuid().ToString("N"), clock, TimeProvider.System);
        ConnectionString = bus.ConnectionString;
        return ValueTask.CompletedTask;
    }

    public override Task AdvanceAsync(TimeSpan by)
    {
        clock.Shift += by;
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        bus?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The machine's clock, ahead by a shift.</summary>
public sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}

/// <summary>What the contracts share: a client, and names of the test's own.</summary>
public abstract class BusContract(BusFixture bus) : IAsyncLifetime
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    protected static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(50);

    protected BusFixture Bus => bus;

    protected ServiceBusClient Client { get; } = bus.Client();

    protected ServiceBusAdministrationClient Administration { get; } = bus.Administration();

    protected string Name { get; } = "entity-" + Guid.NewGuid().ToString("N");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task SendAsync(string entity, params string[] bodies) =>
        await Client.CreateSender(entity).SendMessagesAsync(bodies.Select(body => new ServiceBusMessage(body)));

    protected static IEnumerable<string> Bodies(IEnumerable<ServiceBusReceivedMessage> messages) => messages.Select(message => message.Body.ToString());
}
