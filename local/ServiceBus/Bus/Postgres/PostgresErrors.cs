using System.Net.Sockets;
using Azure.Messaging.ServiceBus;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Turns what the database answers into the official exceptions. The codes are those that the schema's functions raise.</summary>
internal static class PostgresErrors
{
    public static async Task<T> TranslateAsync<T>(EntityAddress address, Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("SB", StringComparison.Ordinal))
        {
            throw Refusal(e, address.ToString());
        }
        catch (Exception e) when (e is NpgsqlException { IsTransient: true } or IOException or SocketException or TimeoutException)
        {
            throw BusErrors.Unreachable(address.ToString(), e);
        }
    }

    private static ServiceBusException Refusal(PostgresException error, string path) => error.SqlState switch
    {
        "SB001" => BusErrors.EntityNotFound(path, error),
        "SB002" => BusErrors.MessageLockLost(path, error),
        "SB003" => BusErrors.SessionLockLost(path, error),
        "SB004" => BusErrors.MessageNotFound(path, error),
        "SB005" => BusErrors.EntityDisabled(path, error),
        "SB006" => BusErrors.QuotaExceeded(path, error),
        "SB010" => BusErrors.SessionCannotBeLocked(path, error),
        _ => new ServiceBusException(error.MessageText, ServiceBusFailureReason.GeneralError, path, error),
    };
}
