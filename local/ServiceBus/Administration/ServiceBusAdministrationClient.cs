using Azure.Core;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>
/// Creates, reads, changes and deletes queues, topics, subscriptions and rules. The connection string is that of
/// <see cref="ServiceBusClient"/>. Names that are not there: <see cref="ServiceBusFailureReason.MessagingEntityNotFound"/>; names that
/// are taken: <see cref="ServiceBusFailureReason.MessagingEntityAlreadyExists"/>; malformed filters: <see cref="ArgumentException"/>.
/// </summary>
public partial class ServiceBusAdministrationClient
{
    private readonly string connectionString = "";

    /// <summary>For mocks.</summary>
    protected ServiceBusAdministrationClient()
    {
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusAdministrationClient(string connectionString) : this(connectionString, new ServiceBusAdministrationClientOptions())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusAdministrationClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusAdministrationClientOptions())
    {
    }

    /// <summary>Connects on the first operation.</summary>
    /// <exception cref="FormatException">The text is no connection string.</exception>
    public ServiceBusAdministrationClient(string connectionString, ServiceBusAdministrationClientOptions options)
    {
        _ = BusDirectory.NameOf(connectionString);
        this.connectionString = connectionString;
    }

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusAdministrationClient(
        string fullyQualifiedNamespace, AzureNamedKeyCredential credential, ServiceBusAdministrationClientOptions? options = null) =>
        connectionString = ServiceBusClient.ConnectionStringOf(fullyQualifiedNamespace, credential);

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusAdministrationClient(
        string fullyQualifiedNamespace, AzureSasCredential credential, ServiceBusAdministrationClientOptions? options = null) =>
        connectionString = ServiceBusClient.ConnectionStringOf(fullyQualifiedNamespace, credential);

    /// <summary>Connects on the first operation.</summary>
    public ServiceBusAdministrationClient(
        string fullyQualifiedNamespace, TokenCredential credential, ServiceBusAdministrationClientOptions options) =>
        connectionString = ServiceBusClient.ConnectionStringOf(fullyQualifiedNamespace, credential);

    /// <summary>The bus.</summary>
    public virtual Task<Response<NamespaceProperties>> GetNamespacePropertiesAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(LocalResponse.Of(new NamespaceProperties(BusDirectory.NameOf(connectionString), default, default, MessagingSku.Standard, 0, "")));

    private async Task<IBusAdministration> OpenAsync() => (await BusDirectory.ConnectAsync(connectionString)).Administration;

    private async Task<Entity> GetAsync(string path, EntityKind kind, CancellationToken cancellationToken)
    {
        var bus = await OpenAsync();
        return await bus.FindAsync(path, cancellationToken) is { } entity && entity.Kind == kind ? entity : throw BusErrors.EntityNotFound(path);
    }

    private async Task<bool> ExistsAsync(string path, EntityKind kind, CancellationToken cancellationToken)
    {
        var bus = await OpenAsync();
        return await bus.FindAsync(path, cancellationToken) is { } entity && entity.Kind == kind;
    }

    private async Task CreateAsync(
        string path, EntityKind kind, EntitySettings settings, IReadOnlyList<StoredRule> rules, CancellationToken cancellationToken)
    {
        var bus = await OpenAsync();
        if (!await bus.CreateAsync(path, kind, settings, rules, cancellationToken))
        {
            throw BusErrors.AlreadyExists(path);
        }
    }

    private async Task UpdateAsync(string path, EntityKind kind, EntitySettings settings, CancellationToken cancellationToken)
    {
        var before = (await GetAsync(path, kind, cancellationToken)).Settings;
        if (before.RequiresSession != settings.RequiresSession || before.DuplicateWindow is null != settings.DuplicateWindow is null)
        {
            throw new ArgumentException($"Sessions and duplicate detection of {path} were fixed when it was created.");
        }

        await (await OpenAsync()).UpdateAsync(path, settings, cancellationToken);
    }

    private async Task<Response> DeleteAsync(string path, EntityKind kind, CancellationToken cancellationToken)
    {
        await GetAsync(path, kind, cancellationToken);
        await (await OpenAsync()).DeleteAsync(path, cancellationToken);
        return new LocalResponse();
    }

    private async Task<EntityStatistics> StatisticsAsync(string path, EntityKind kind, CancellationToken cancellationToken)
    {
        await GetAsync(path, kind, cancellationToken);
        return await (await OpenAsync()).StatisticsAsync(path, cancellationToken) ?? throw BusErrors.EntityNotFound(path);
    }

    private static StoredRule Encode(string name, RuleFilter filter, RuleAction? action)
    {
        try
        {
            return RuleCodec.Encode(name, filter, action);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }
}
