using Azure.Messaging.ServiceBus;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>One bus for the tests of a class, each with entities of its own.</summary>
public abstract class BusFixture : IAsyncLifetime
{
    public string ConnectionString { get; protected set; } = "";

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    public ServiceBusClient Client() => new(ConnectionString);
}

public sealed class PostgresBusFixture : BusFixture
{
    private TestDatabase? database;

    public override async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        ConnectionString = database.ConnectionString;
    }

    public override ValueTask DisposeAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
