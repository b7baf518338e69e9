using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus.Administration;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Adds, lists and deletes the rules of one subscription.</summary>
public class ServiceBusRuleManager : IAsyncDisposable
{
    private readonly ServiceBusClient client = null!;
    private readonly EntityAddress address = new("");
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusRuleManager()
    {
    }

    internal ServiceBusRuleManager(ServiceBusClient client, EntityAddress address)
    {
        this.client = client;
        this.address = address;
    }

    /// <summary>The subscription.</summary>
    public virtual string SubscriptionPath => address.Path;

    /// <summary>The bus.</summary>
    public virtual string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    /// <summary>Whether it or its client was closed.</summary>
    public virtual bool IsClosed => closed || client is { IsClosed: true };

    /// <summary>Adds a rule with a filter.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.MessagingEntityAlreadyExists"/>: the name is taken.</exception>
    public virtual Task CreateRuleAsync(string ruleName, RuleFilter filter, CancellationToken cancellationToken = default) =>
        CreateRuleAsync(new CreateRuleOptions(ruleName, filter), cancellationToken);

    /// <summary>Adds a rule.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.MessagingEntityAlreadyExists"/>: the name is taken.</exception>
    public virtual async Task CreateRuleAsync(CreateRuleOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rule = RuleCodec.Encode(options.Name, options.Filter, options.Action);
        if (!await (await OpenAsync(cancellationToken)).AddRuleAsync(address.Path, rule, cancellationToken))
        {
            throw BusErrors.AlreadyExists($"{address.Path}/rules/{options.Name}");
        }
    }

    /// <summary>Deletes a rule.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.MessagingEntityNotFound"/>: there is none of that name.</exception>
    public virtual async Task DeleteRuleAsync(string ruleName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ruleName);
        if (!await (await OpenAsync(cancellationToken)).RemoveRuleAsync(address.Path, ruleName, cancellationToken))
        {
            throw BusErrors.EntityNotFound($"{address.Path}/rules/{ruleName}");
        }
    }

    /// <summary>The subscription's rules.</summary>
    public virtual async IAsyncEnumerable<RuleProperties> GetRulesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var rule in await (await OpenAsync(cancellationToken)).RulesAsync(address.Path, cancellationToken))
        {
            yield return RuleCodec.Decode(rule);
        }
    }

    /// <summary>Closes it.</summary>
    public virtual Task CloseAsync(CancellationToken cancellationToken = default)
    {
        closed = true;
        return Task.CompletedTask;
    }

    /// <summary>Closes it.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    private async Task<IBusAdministration> OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var bus = await client.BusAsync();
        await bus.EntityAsync(address, cancellationToken);
        return bus.Administration;
    }
}
