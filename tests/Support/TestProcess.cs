using System.Diagnostics;
using System.Text;

namespace ToolboxAI.Tests.Support;

/// <summary>A program of this repository that a test runs, in Development unless the test says otherwise.</summary>
public sealed class TestProcess : IAsyncDisposable
{
    /// <summary>
    /// The setting of .NET that tells after how much quiet, in milliseconds as a hexadecimal number, a program compiles anew what it runs
    /// most. What measures programs sets it to .NET's own, 100.
    /// </summary>
    public const string CompilesAnewAfter = "DOTNET_TC_CallCountingDelayMs";

    private readonly Process process;
    private readonly StringBuilder output = new();

    private TestProcess(Process process) => this.process = process;

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it has written so far, to both outputs.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Starts <paramref name="assembly"/> with environment variables and arguments.</summary>
    public static TestProcess Start(string assembly, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = BuiltProgram.Start(assembly, args);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
        start.Environment.Remove("TOOLBOX_TEST_DATABASE");

        // It lives for seconds: to compile anew for speed what was compiled ahead of time took half of the services' processor time. 8.2 s.
        start.Environment.TryAdd(CompilesAnewAfter, "2000");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var running = new TestProcess(new Process { StartInfo = start });
        running.process.OutputDataReceived += (_, line) => running.Hear(line.Data);
        running.process.ErrorDataReceived += (_, line) => running.Hear(line.Data);
        running.process.Start();
        running.process.BeginOutputReadLine();
        running.process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Kills it as <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Sends it SIGTERM.</summary>
    public Task TerminateAsync() => SignalAsync(Id, "TERM");

    /// <summary>Sends a signal to a process.</summary>
    public static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended and both outputs are read.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The process did not end in {limit}. It said:\n{Output}", late);
        }

        return process.ExitCode;
    }

    /// <summary>Writes to its standard input, and ends that.</summary>
    public async Task SayAsync(string text)
    {
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
    }

    /// <summary>Ends it by the end of its standard input; kills it when that takes too long.</summary>
    public async Task EndAsync(TimeSpan limit)
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(limit);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            await KillAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
