using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace ToolboxAI.Tests.Support;

/// <summary>A line of <c>GET /local/services</c>.</summary>
public sealed record RunningService(string Name, string? Address, string State, int? Pid);

/// <summary>
/// The whole application as a process, in Development: with services of its own on an empty data folder, or attached to
/// others' services. It ends with the test process, whatever becomes of that.
/// </summary>
public sealed class RunningApplication : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(3); // npm ci on a busy machine, once
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<RunningApplication>> One = new(StartSharedAsync);

    private readonly int port;
    private readonly string[] args;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly string? ownFolder;
    private TestProcess process;

    private RunningApplication(int port, string[] args, IReadOnlyDictionary<string, string> settings, string data, string? ownFolder)
    {
        this.port = port;
        this.args = args;
        this.settings = settings;
        this.ownFolder = ownFolder;
        Data = data;
        Http = new HttpClient(new DescribedAnswers()) { BaseAddress = new Uri($"http://localhost:{port}") };
        process = Run();
    }

    /// <summary>A client of the application; it survives restarts.</summary>
    public HttpClient Http { get; }

    /// <summary>The data folder of its services.</summary>
    public string Data { get; }

    /// <summary>The process, the last one after restarts.</summary>
    public TestProcess Process => process;

    /// <summary>One application for all tests of this process that need nothing special. Don't stop it, don't move its clock.</summary>
    public static Task<RunningApplication> SharedAsync() => One.Value;

    /// <summary>Starts an application and waits until it is ready.</summary>
    /// <param name="data">The data folder; null makes a new one that is deleted afterwards.</param>
    /// <param name="attach">A file with the settings of services to share instead of starting some.</param>
    /// <param name="settings">Environment variables.</param>
    public static async Task<RunningApplication> StartAsync(
        string? data = null, string? attach = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var made = data is null && attach is null ? Directory.CreateTempSubdirectory("toolboxai-test-").FullName : null;
        var folder = data ?? made ?? Path.GetDirectoryName(attach)!;
        string[] services = attach is null ? ["--data", folder] : ["--attach", attach];
        var application = new RunningApplication(FreePort(), services, settings ?? new Dictionary<string, string>(), folder, made);
        try
        {
            await application.ReadyAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return application;
    }

    /// <summary>What runs where.</summary>
    public async Task<IReadOnlyList<RunningService>> ServicesAsync() =>
        (await Http.GetFromJsonAsync<RunningService[]>("/local/services"))!;

    /// <summary>Starts it again, on the same data and port, after it has ended or was killed.</summary>
    public async Task RestartAsync()
    {
        await process.DisposeAsync();
        process = Run();
        await ReadyAsync();
    }

    /// <summary>Waits until its checks of database, storage and bus pass.</summary>
    public async Task ReadyAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > ReadyLimit)
            {
                throw new InvalidOperationException($"The application is not ready. It said:\n{process.Output}");
            }

            await Task.Delay(50);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.EndAsync(EndLimit);
        await process.DisposeAsync();
        Http.Dispose();
        if (ownFolder is not null)
        {
            await DeleteAsync(ownFolder);
        }
    }

    /// <summary>Deletes a data folder; what a killed application left running there may need a moment to end.</summary>
    public static async Task DeleteAsync(string folder)
    {
        var since = Stopwatch.GetTimestamp();
        while (Directory.Exists(folder))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(since) < EndLimit)
            {
                await Task.Delay(200);
            }
        }
    }

    /// <summary>A port on 127.0.0.1 that nobody listens on, and that neither a connection which goes out is given nor the local services take.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 20_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }

    private static async Task<RunningApplication> StartSharedAsync()
    {
        var shared = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => shared.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return shared;
    }

    private TestProcess Run() =>
        TestProcess.Start("ToolboxAI.Functions", settings, ["--supervised", "--port", $"{port}", .. args]);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("/api/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
