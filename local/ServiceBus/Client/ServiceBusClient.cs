using System.Collections.Concurrent;
using Azure.Core;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>
/// The way to a bus: makes senders, receivers and processors. The connection string is an Npgsql string, or
/// <c>InMemory=name</c>; the constructors with a namespace and a credential take the same as namespace and ignore the credential.
/// </summary>
public partial class ServiceBusClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<IAsyncDisposable, bool> open = new();
    private readonly string connectionString = "";
    private RetryingBus? bus;
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusClient()
    {
        FullyQualifiedNamespace = "";
        Identifier = "";
        Options = new();
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusClient(string connectionString) : this(connectionString, new ServiceBusClientOptions())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusClientOptions())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    /// <exception cref="FormatException">The text is no connection string.</exception>
    public ServiceBusClient(string connectionString, ServiceBusClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        this.connectionString = connectionString;
        Options = options ?? new();
        FullyQualifiedNamespace = BusDirectory.NameOf(connectionString);
        Identifier = Options.Identifier is { Length: > 0 } given ? given : NewIdentifier(FullyQualifiedNamespace);
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusClient(string fullyQualifiedNamespace, AzureNamedKeyCredential credential, ServiceBusClientOptions? options = null)
        : this(ConnectionStringOf(fullyQualifiedNamespace, credential), options ?? new())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusClient(string fullyQualifiedNamespace, AzureSasCredential credential, ServiceBusClientOptions? options = null)
        : this(ConnectionStringOf(fullyQualifiedNamespace, credential), options ?? new())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions options)
        : this(ConnectionStringOf(fullyQualifiedNamespace, credential), options)
    {
    }

    /// <summary>The bus's name: the database server's host, or the in-memory bus's name.</summary>
    public virtual string FullyQualifiedNamespace { get; }

    /// <summary>Whether the client was disposed.</summary>
    public virtual bool IsClosed => closed;

    /// <summary>What the options say; without effect.</summary>
    public ServiceBusTransportType TransportType => Options.TransportType;

    /// <summary>Names the client in logs.</summary>
    public virtual string Identifier { get; }

    internal ServiceBusClientOptions Options { get; }

    /// <summary>Closes the client and all that it made.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        closed = true;
        foreach (var one in open.Keys)
        {
            await CloseAsync(one);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps what has to be closed with the client.</summary>
    internal void Keep(IAsyncDisposable one) => open[one] = true;

    /// <summary>Closes what was kept, once.</summary>
    internal ValueTask CloseAsync(IAsyncDisposable one) => open.TryRemove(one, out _) ? one.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>Counts as somebody who listens to a queue or subscription, in any of its sessions, until disposed: an advance of the clock waits for its messages.</summary>
    internal async Task<IAsyncDisposable> ListenAsync(string entityPath, CancellationToken cancellationToken)
    {
        var connected = await BusAsync();
        return await connected.ListenAsync(EntityAddress.Parse(entityPath), null, cancellationToken);
    }

    internal static string NewIdentifier(string prefix) => $"{prefix}-{Guid.NewGuid()}";

    internal async Task<IBus> BusAsync()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (bus is not null)
        {
            return bus;
        }

        var connected = await RetryingBus.RetryAsync(
            Options.RetryOptions, () => BusDirectory.ConnectAsync(connectionString), CancellationToken.None);
        return Interlocked.CompareExchange(ref bus, new RetryingBus(connected, Options.RetryOptions), null) ?? bus;
    }

    internal static string ConnectionStringOf(string fullyQualifiedNamespace, object credential)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullyQualifiedNamespace);
        ArgumentNullException.ThrowIfNull(credential);

        // A bare host name is a namespace of the real service; a local bus is named by its connection string.
        return fullyQualifiedNamespace.Contains('=', StringComparison.Ordinal) ? fullyQualifiedNamespace : $"Endpoint=sb://{fullyQualifiedNamespace}/";
    }
}
