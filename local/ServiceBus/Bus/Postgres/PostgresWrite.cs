using System.Net.Sockets;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>What a write did: the numbers of each command's messages, the entities in which something changed, and what each look took.</summary>
internal sealed record Written(IReadOnlyList<IReadOnlyList<long>> Numbers, List<int> Touched)
{
    public IReadOnlyList<IReadOnlyList<Delivery>> Received { get; init; } = [];
}

/// <summary>Applies commands in one transaction and, where no topic is among them, in one round trip.</summary>
internal sealed class PostgresWrite(
    PostgresConnection connection, PostgresEntities entities, PostgresTopics topics, ReceiveHints hints, HandOvers handOvers)
{
    private const int MaxForwards = 4;

    /// <summary>Applies commands, all or none.</summary>
    public async Task<Written> RunAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken)
    {
        var places = await PlacesAsync(commands, cancellationToken);
        await using var link = await connection.Database.OpenConnectionAsync(cancellationToken);
        return HasTopics(places)
            ? await WithTopicsAsync(link, places, cancellationToken)
            : await new PostgresRound(connection, hints, places, []).RunAsync(link, cancellationToken);
    }

    /// <summary>Applies what several ask for, and hands what was sent over to those in this process who wait for it.</summary>
    public async Task<Written> TogetherAsync(IReadOnlyList<BusCommand> commands, IReadOnlyList<Look> looks)
    {
        var places = await PlacesAsync(commands, CancellationToken.None);
        await using var link = await connection.Database.OpenConnectionAsync(CancellationToken.None);
        if (HasTopics(places))
        {
            var published = await WithTopicsAsync(link, places, CancellationToken.None);
            return published with { Received = await LookAsync(link, looks) };
        }

        var waiting = Waiting(places);
        IReadOnlyList<IReadOnlyList<Delivery>> handed = [];
        try
        {
            var handing = waiting.Select(one => new Look(one.Entity, one.Request, hints.Reached(one.Entity.Id, dead: false)));
            var written = await new PostgresRound(connection, hints, places, [.. looks, .. handing]).RunAsync(link, CancellationToken.None);
            handed = [.. written.Received.Skip(looks.Count)];
            return written with { Received = [.. written.Received.Take(looks.Count)] };
        }
        finally
        {
            for (var at = waiting.Count - 1; at >= 0; at--)
            {
                waiting[at].Give(handed.Count > 0 ? handed[at] : []);
            }
        }
    }

    /// <summary>Receives after messages were published, which must not be repeated: when it fails, whoever receives looks again.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<Delivery>>> LookAsync(NpgsqlConnection link, IReadOnlyList<Look> looks)
    {
        try
        {
            return looks.Count == 0 ? [] : (await new PostgresRound(connection, hints, [], looks).RunAsync(link, CancellationToken.None)).Received;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException)
        {
            return [.. looks.Select(_ => (IReadOnlyList<Delivery>)[])];
        }
    }

    private List<HandOvers.Waiting> Waiting(List<Place> places) =>
    [
        .. places.Where(place => place.Command is SendCommand)
            .GroupBy(place => place.Entity.Id, place => ((SendCommand)place.Command).Messages.Count)
            .SelectMany(sent => handOvers.Claim(sent.Key, sent.Sum())),
    ];

    private async Task<List<Place>> PlacesAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken)
    {
        var places = new List<Place>();
        foreach (var message in commands.OfType<SendCommand>().SelectMany(send => send.Messages))
        {
            message.MessageId ??= Guid.NewGuid().ToString("N");
        }

        foreach (var command in commands)
        {
            var entity = await entities.GetAsync(command.Address, cancellationToken);
            places.Add(new(command, command is SendCommand ? await ForwardedAsync(entity, cancellationToken) : entity));
        }

        return places;
    }

    private static bool HasTopics(List<Place> places) => places.Exists(place => place is { Command: SendCommand, Entity.Kind: EntityKind.Topic });

    /// <summary>Where an entity's messages go on to.</summary>
    private async Task<Entity> ForwardedAsync(Entity entity, CancellationToken cancellationToken)
    {
        for (var hops = 0; entity.Settings.ForwardTo is { Length: > 0 } next && hops < MaxForwards; hops++)
        {
            entity = await entities.GetAsync(new(next), cancellationToken);
        }

        return entity;
    }

    private async Task<Written> WithTopicsAsync(
        NpgsqlConnection link, List<Place> places, CancellationToken cancellationToken)
    {
        await using var transaction = await link.BeginTransactionAsync(cancellationToken);
        var written = new Written(new List<IReadOnlyList<long>>(), []);
        var numbers = new List<IReadOnlyList<long>>();
        foreach (var (command, entity) in places)
        {
            written.Touched.Add(entity.Id);
            if (command is SendCommand { Messages: var messages } && entity.Kind == EntityKind.Topic)
            {
                numbers.Add(await topics.PublishAsync(link, entity, messages, written.Touched, cancellationToken));
                continue;
            }

            await using var batch = new NpgsqlBatch(link, transaction);
            batch.BatchCommands.Add(PostgresRound.Translate(connection.ProcessId, command, entity));
            var result = await batch.ExecuteScalarAsync(cancellationToken);
            numbers.Add(result is long[] given ? given : []);
        }

        await transaction.CommitAsync(cancellationToken);
        return written with { Numbers = numbers };
    }
}
