using Azure.Messaging.ServiceBus;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Bus;

/// <summary>A bus in a PostgreSQL database of its own.</summary>
public sealed class BusRun : IAsyncDisposable
{
    private readonly TestDatabase database;

    private BusRun(TestDatabase database)
    {
        this.database = database;
        Client = new ServiceBusClient(database.ConnectionString);
    }

    /// <summary>A client of the bus.</summary>
    public ServiceBusClient Client { get; }

    /// <summary>Its database.</summary>
    public string ConnectionString => database.ConnectionString;

    /// <summary>Opens an empty bus.</summary>
    public static async Task<BusRun> StartAsync() => new(await TestDatabase.CreateAsync());

    /// <summary>Sends so many messages, a hundred at a time.</summary>
    public async Task Fill(string queue, int count)
    {
        await using var sender = Client.CreateSender(queue);
        for (var sent = 0; sent < count; sent += 100)
        {
            await sender.SendMessagesAsync(Enumerable.Range(0, Math.Min(100, count - sent)).Select(_ => new ServiceBusMessage("x")));
        }
    }

    /// <summary>Receives and settles so many messages, a hundred at a time.</summary>
    public async Task Drain(string queue, int count)
    {
        await using var receiver = Client.CreateReceiver(queue);
        for (var settled = 0; settled < count;)
        {
            var messages = await receiver.ReceiveMessagesAsync(Math.Min(100, count - settled), TimeSpan.FromSeconds(30));
            await Task.WhenAll(messages.Select(message => receiver.CompleteMessageAsync(message)));
            settled += messages.Count;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await database.DisposeAsync();
    }
}
