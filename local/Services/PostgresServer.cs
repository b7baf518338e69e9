using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>A real PostgreSQL on 127.0.0.1 with its data in the data folder.</summary>
internal sealed class PostgresServer
{
    private const string Superuser = "postgres";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly DataFolder data;

    private PostgresServer(DataFolder data, int port, SupervisedProcess process)
    {
        this.data = data;
        Port = port;
        Process = process;
    }

    public int Port { get; }

    public SupervisedProcess Process { get; }

    /// <summary>Starts the server and waits until it takes connections; makes its data when there are none.</summary>
    /// <param name="programs">PostgreSQL's <c>bin</c>, <c>lib</c> and <c>share</c>.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="supervisor">Who runs it.</param>
    /// <param name="durable">False for a test run's server, which need not survive a power cut.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartRefusedException">The data are damaged, or the server does not start.</exception>
    public static async Task<PostgresServer> StartAsync(
        string programs, DataFolder data, Supervisor supervisor, bool durable, CancellationToken cancellationToken)
    {
        var owner = await PostgresAccount.FindAsync(programs, data, supervisor, cancellationToken);
        if (!Directory.Exists(owner.Data))
        {
            await InitializeAsync(owner, data, supervisor, cancellationToken);
        }
        else if (!data.HasPassword(Superuser) || !File.Exists(Path.Combine(owner.Data, "PG_VERSION")))
        {
            throw DataFolder.Damaged(data.Path, data.HasPassword(Superuser) ? "postgres/PG_VERSION is missing" : "passwords.json is missing");
        }

        var port = data.Port("postgresql");
        var log = data.Log("postgresql");
        File.Delete(log);
        var process = supervisor.Start(owner.Order("postgresql", "postgres", Arguments(owner.Data, port, durable), log) with
        {
            StopSignal = "SIGINT", // the "fast" shutdown: disconnects clients, then writes a checkpoint
            Restart = true,
        });
        var server = new PostgresServer(data, port, process);
        await server.WaitUntilReadyAsync(cancellationToken);
        return server;
    }

    /// <summary>A connection string for a login of this server.</summary>
    public string ConnectionString(string login, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = login,
        Password = data.Password(login),
        Database = database,
    }.ConnectionString;

    public string SuperuserConnectionString(string database) => ConnectionString(Superuser, database);

    private static string[] Arguments(string folder, int port, bool durable)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={port}",
            "unix_socket_directories=",
            "max_connections=400",
            "shared_buffers=128MB",
            "timezone=UTC",
            "log_timezone=UTC",
            $"fsync={(durable ? "on" : "off")}",
            $"full_page_writes={(durable ? "on" : "off")}",
        ];
        return ["-D", folder, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }

    private static async Task InitializeAsync(PostgresAccount account, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        // In a folder of another name first, so that a start cut short leaves nothing that looks like data.
        var half = account.Data + ".new";
        if (Directory.Exists(half))
        {
            Directory.Delete(half, recursive: true);
        }

        var passwordFile = half + ".password";
        PrivateFile.Write(passwordFile, data.Password(Superuser));
        account.Own(passwordFile);
        string[] args =
        [
            "-D", half, "--username", Superuser, "--auth", "scram-sha-256", "--pwfile", passwordFile, "--encoding", "UTF8",
            "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions",
        ];
        File.Delete(data.Log("initdb"));
        await supervisor.RunAsync(account.Order("initdb", "initdb", args, data.Log("initdb")), "Making the database", cancellationToken);
        File.Delete(passwordFile);
        Directory.Move(half, account.Data);
        Directory.CreateDirectory(data.Of("postgres")); // elsewhere for "nobody"; here then only the sign that there are data
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (Process.Exited.IsCompleted || limit.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw data.DoesNotStart("PostgreSQL", Process.Order.Log);
            }

            try
            {
                var once = new NpgsqlConnectionStringBuilder(SuperuserConnectionString("postgres")) { Pooling = false };
                await using var connection = new NpgsqlConnection(once.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw DataFolder.Damaged(data.Path, "passwords.json does not fit the database");
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                await Task.Delay(Poll, cancellationToken);
            }
        }
    }
}
