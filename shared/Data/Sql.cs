using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace ToolboxAI.Shared.Data;

/// <summary>Dapper inside a unit of work, for the stores' PostgreSQL implementations. Values are always parameters.</summary>
public static class Sql
{
    static Sql()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcHandler());
    }

    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public static Task<int> Execute(this IUnitOfWork work, string sql, object? args, CancellationToken ct) =>
        Connection(work).ExecuteAsync(Command(sql, args, ct));

    /// <summary>All rows of a query.</summary>
    public static async Task<IReadOnlyList<T>> Query<T>(this IUnitOfWork work, string sql, object? args, CancellationToken ct) =>
        (await Connection(work).QueryAsync<T>(Command(sql, args, ct))).AsList();

    /// <summary>The only row of a query, or the type's default when there is none.</summary>
    public static Task<T?> QuerySingle<T>(this IUnitOfWork work, string sql, object? args, CancellationToken ct) =>
        Connection(work).QuerySingleOrDefaultAsync<T>(Command(sql, args, ct));

    /// <summary>The rows of a result.</summary>
    public static async Task<IReadOnlyList<T>> Rows<T>(NpgsqlDataReader reader, CancellationToken ct)
    {
        var rows = new List<T>();
        Func<DbDataReader, T>? parse = null;
        while (await reader.ReadAsync(ct))
        {
            rows.Add((parse ??= reader.GetRowParser<T>())(reader));
        }

        return rows;
    }

    // What a connection runs is part of the transaction that was begun on it: the commands need not name it.
    private static NpgsqlConnection Connection(IUnitOfWork work) => work.Session<NpgsqlConnection>() is { State: ConnectionState.Open } open
        ? open
        : throw new InvalidOperationException("The unit of work has ended.");

    private static CommandDefinition Command(string sql, object? args, CancellationToken ct) => new(sql, args, cancellationToken: ct);

    /// <summary>Npgsql hands timestamptz to Dapper as a UTC DateTime and wants offset zero back.</summary>
    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset offset ? offset : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.DateTimeOffset;
            parameter.Value = value.ToUniversalTime();
        }
    }
}
