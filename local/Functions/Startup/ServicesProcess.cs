using System.Diagnostics;
using System.Runtime.InteropServices;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>The process that runs PostgreSQL, Azurite and the simulators for this application, and ends when this one ends.</summary>
internal sealed class ServicesProcess
{
    private const string Program = "ToolboxAI.Local.Services.dll";
    private readonly Process process;

    private ServicesProcess(Process process, IReadOnlyDictionary<string, string> settings)
    {
        this.process = process;
        Settings = settings;
        Ended = process.WaitForExitAsync();
    }

    /// <summary>The settings that connect the application to what was started.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>A task that ends with the process.</summary>
    public Task Ended { get; }

    /// <summary>Starts the process and waits until its services are ready, but for the storage.</summary>
    /// <exception cref="StartRefusedException">They can't be started.</exception>
    public static async Task<ServicesProcess> StartAsync(StartOptions options, IReadOnlyDictionary<string, string> settings)
    {
        string[] fresh = options.Fresh ? ["--fresh"] : [];
        var start = new ProcessStartInfo(Dotnet(), [Path.Combine(AppContext.BaseDirectory, Program), "--supervised", "--data", options.Data, .. fresh])
        {
            UseShellExecute = false,
            RedirectStandardInput = true, // the pipe whose end is the services' end, however this process ends
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var started = Process.Start(start)!;
        var report = await StartReport.ReadAsync(started.StandardOutput).ConfigureAwait(false);
        if (report?.Settings is { } filled)
        {
            _ = EndOnRefusalAsync(started.StandardOutput);
            return new(started, filled);
        }

        await started.WaitForExitAsync().ConfigureAwait(false);
        throw new StartRefusedException(report?.Refusal ?? $"The local services ended with {started.ExitCode} while they started.");
    }

    /// <summary>Ends the services and waits until they are gone.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        await Ended.ConfigureAwait(false);
    }

    /// <summary>What nobody waits for, the storage, may refuse later: then the application ends at once, before it misses anything else.</summary>
    private static async Task EndOnRefusalAsync(StreamReader reports)
    {
        if (await StartReport.ReadAsync(reports).ConfigureAwait(false) is { Refusal: { } refusal })
        {
            await Console.Error.WriteLineAsync(refusal).ConfigureAwait(false);
            Environment.Exit(1);
        }
    }

    /// <summary>The program that runs this one: with an application host it is not the process's own file.</summary>
    private static string Dotnet() => Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
