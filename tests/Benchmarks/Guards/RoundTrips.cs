using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>
/// Stands between an application and its PostgreSQL, hands everything on, and counts how often a connection asked and waited for an
/// answer: whenever the application speaks again after the server has spoken, a round trip has ended.
/// </summary>
public sealed class RoundTrips : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly (string Host, int Port) server;
    private int count;

    private RoundTrips(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        server = (given.Host!, given.Port);
        listener.Start();
        (given.Host, given.Port) = ("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        ConnectionString = given.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>The connection string that leads here.</summary>
    public string ConnectionString { get; }

    /// <summary>How many there were until now, those of opening connections among them.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Counts those of who connects with <see cref="ConnectionString"/>.</summary>
    public static RoundTrips To(string connectionString) => new(connectionString);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync(ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;                                        // disposed
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        var answered = 1;
        using var database = new TcpClient();
        using (client)
        {
            (client.NoDelay, database.NoDelay) = (true, true);
            await database.ConnectAsync(server.Host, server.Port, ending.Token);
            var asking = CopyAsync(client.GetStream(), database.GetStream(), () => Interlocked.Add(ref count, Interlocked.Exchange(ref answered, 0)));
            var answering = CopyAsync(database.GetStream(), client.GetStream(), () => Volatile.Write(ref answered, 1));
            await Task.WhenAny(asking, answering);
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Action passed)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, ending.Token)) > 0;)
            {
                passed();
                await to.WriteAsync(buffer.AsMemory(0, read), ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of the two has gone: the connection is closed on both sides.
            await to.DisposeAsync();
        }
    }
}
