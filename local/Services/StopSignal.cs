using System.Runtime.InteropServices;

namespace ToolboxAI.Local.Services;

/// <summary>
/// When this process has to end. Under an application that is the end of the pipe on standard input, or SIGTERM: what a
/// terminal sends to everyone at once is left to the application, so that the services outlive its last statements.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<PosixSignalRegistration> registrations = [];

    public StopSignal(bool supervised)
    {
        On(PosixSignal.SIGTERM, stops: true);
        On(PosixSignal.SIGINT, stops: !supervised);
        On(PosixSignal.SIGHUP, stops: !supervised);
        if (supervised)
        {
            new Thread(WaitForEndOfPipe) { IsBackground = true, Name = "end of pipe" }.Start();
        }
    }

    public CancellationToken Token => stopping.Token;

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
    }

    private void On(PosixSignal signal, bool stops) =>
        registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (stops)
            {
                stopping.Cancel();
            }
        }));

    private void WaitForEndOfPipe()
    {
        using var pipe = Console.OpenStandardInput();
        while (pipe.ReadByte() >= 0)
        {
        }

        stopping.Cancel();
    }
}
