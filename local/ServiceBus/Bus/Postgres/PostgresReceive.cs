using Azure.Messaging.ServiceBus;
using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A receive that shares a transaction with others: from <paramref name="Floor"/> on, without a session.</summary>
internal sealed record Look(Entity Entity, ReceiveRequest Request, long Floor);

/// <summary>Builds calls of <c>servicebus.receive</c> and gives out what they bring.</summary>
internal static class PostgresReceive
{
    /// <summary>What a statement takes for several.</summary>
    public static NpgsqlBatchCommand Command(Guid receiver, IReadOnlyList<Look> looks) => PostgresSend.Statement(
        Sql, Values(receiver, looks[0].Entity, looks[0].Request with { Max = looks.Sum(look => look.Request.Max) }, looks.Min(look => look.Floor)));

    public const string Sql = $"SELECT {PostgresRows.Columns} FROM servicebus.receive($1, $2, $3, $4, $5, $6, $7, $8)";

    public static object?[] Values(Guid receiver, Entity entity, ReceiveRequest request, long? floor) =>
    [
        entity.Id,
        request.Address.IsDeadLetter,
        receiver,
        request.Max,
        request.Mode == ServiceBusReceiveMode.PeekLock,
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)request.Session?.SessionId ?? DBNull.Value },
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)request.Session?.Token ?? DBNull.Value },
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)floor ?? DBNull.Value },
    ];

    /// <summary>Reads what the statement took and gives it out, the first messages to the first look.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<Delivery>>> ReadAsync(
        NpgsqlDataReader reader, IReadOnlyList<Look> looks, CancellationToken cancellationToken)
    {
        var rows = new List<Delivery>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(PostgresRows.Delivery(reader));
        }

        rows.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        var given = 0;
        return [.. looks.Select(look =>
        {
            var own = rows.GetRange(given, Math.Min(look.Request.Max, rows.Count - given));
            given += own.Count;
            return own;
        })];
    }
}
