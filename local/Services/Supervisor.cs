using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>A process to start under the supervisor.</summary>
/// <param name="Id">Its name in the supervisor's events.</param>
/// <param name="Command">The program, found through PATH when it is no path.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="Folder">Its working folder.</param>
/// <param name="Log">The file that takes its output.</param>
internal sealed record ProcessOrder(string Id, string Command, IReadOnlyList<string> Args, string Folder, string Log)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string StopSignal { get; init; } = "SIGTERM";

    /// <summary>Whether it is started again when it ends by itself.</summary>
    public bool Restart { get; init; }
}

/// <summary>A process that the supervisor runs.</summary>
internal sealed class SupervisedProcess(ProcessOrder order)
{
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProcessOrder Order => order;

    /// <summary>The process id, or null while it is not running.</summary>
    public int? Pid { get; set; }

    /// <summary>The exit code of its first end.</summary>
    public Task<int> Exited => exited.Task;

    public ServiceState State(string address) => new(order.Id, address, Pid is null ? "stopped" : "running", Pid);

    public void HasExited(int code)
    {
        Pid = null;
        exited.TrySetResult(code);
    }
}

/// <summary>
/// Our end of <c>supervisor.mjs</c>, the process that starts PostgreSQL and the others and ends them when the pipe from
/// this process ends, also when this process was killed.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const int OldestNode = 20;
    private const string NodeMissing = "Node.js 20 or newer is needed to run locally: install it (https://nodejs.org) so that 'node' and 'npm' are in PATH.";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(9);

    private readonly Process process;
    private readonly ConcurrentDictionary<string, SupervisedProcess> processes = new();
    private readonly Action<string, int> onStarted;
    private Task reading = Task.CompletedTask;

    private Supervisor(Process process, Action<string, int> onStarted)
    {
        this.process = process;
        this.onStarted = onStarted;
    }

    private sealed record SupervisorEvent(string Event, string? Id, int Pid, int Code, string? Node, string? Message);

    /// <summary>Starts the supervisor.</summary>
    /// <param name="onStarted">Hears the name and the process id of whatever is started, the supervisor included.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Supervisor> StartAsync(Action<string, int> onStarted, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", [ServiceFiles.Supervisor])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        Process node;
        try
        {
            node = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new StartRefusedException(NodeMissing);
        }

        var hello = await node.StandardOutput.ReadLineAsync(cancellationToken);
        var version = hello is null ? null : JsonSerializer.Deserialize<SupervisorEvent>(hello, Json)?.Node;
        if (version is null || !int.TryParse(version.Split('.')[0], out var major) || major < OldestNode)
        {
            node.StandardInput.Close();
            throw new StartRefusedException($"{NodeMissing} (Found: {version ?? "a node that does not run"}.)");
        }

        onStarted("supervisor", node.Id);
        var supervisor = new Supervisor(node, onStarted);
        supervisor.reading = supervisor.ReadEventsAsync();
        return supervisor;
    }

    /// <summary>Starts a process.</summary>
    public SupervisedProcess Start(ProcessOrder order)
    {
        var started = new SupervisedProcess(order);
        processes[order.Id] = started;
        lock (process)
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(order, Json));
            process.StandardInput.Flush();
        }

        return started;
    }

    /// <summary>Runs a process to its end.</summary>
    /// <exception cref="StartRefusedException">It failed; the message carries its last words.</exception>
    public async Task RunAsync(ProcessOrder order, string purpose, CancellationToken cancellationToken)
    {
        var code = await Start(order).Exited.WaitAsync(cancellationToken);
        if (code != 0)
        {
            throw new StartRefusedException($"{purpose} failed ({LogFile.LastWords(order.Log)}); all of it stands in {order.Log}.");
        }
    }

    /// <summary>Waits until it is time to stop.</summary>
    /// <exception cref="StartRefusedException">The supervisor itself has ended.</exception>
    public async Task WatchAsync(CancellationToken stop)
    {
        await reading.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
        {
            throw new StartRefusedException("The supervisor of the local services was killed: start again.");
        }
    }

    /// <summary>Ends every process, by ending the pipe, and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(EndLimit);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await reading;
        process.Dispose();
    }

    private async Task ReadEventsAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var happened = JsonSerializer.Deserialize<SupervisorEvent>(line, Json)!;
            if (happened.Id is null || !processes.TryGetValue(happened.Id, out var of))
            {
                continue;
            }

            switch (happened.Event)
            {
                case "started":
                    of.Pid = happened.Pid;
                    onStarted(happened.Id, happened.Pid);
                    break;
                case "exited":
                    of.HasExited(happened.Code);
                    break;
                default:
                    await File.AppendAllTextAsync(of.Order.Log, happened.Message + "\n");
                    of.HasExited(-1);
                    break;
            }
        }
    }
}
