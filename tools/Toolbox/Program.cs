using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;
using ToolboxAI.Tools;

var json = new Option<bool>("--json") { Description = "Print JSON instead of text, for scripts.", Recursive = true };
var server = new Option<string>("--server")
{
    Description = "The API's address. TOOLBOX_SERVER is read when it is not given.",
    Recursive = true,
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TOOLBOX_SERVER") ?? "http://localhost:7071",
};
var root = new RootCommand("Plans, deploys and takes back Roblox experiences.") { json, server };

// A file or a pipe is no screen: no colours, and lines as long as they are.
var console = Console.IsOutputRedirected
    ? AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No })
    : AnsiConsole.Console;
console.Profile.Width = Console.IsOutputRedirected ? 1000 : console.Profile.Width;
var commands = new Commands(result =>
{
    // A key on a command line is seen by every user of the machine, so it comes from the environment only.
    var key = Environment.GetEnvironmentVariable("TOOLBOX_KEY") is { Length: > 0 } given ? given : throw new ToolboxException(ExitCodes.Usage, "Set TOOLBOX_KEY to an API key.");
    return (new ToolboxApi(result.GetValue(server)!, key), new Screen(console, Console.Out, result.GetValue(json)));
});
commands.AddTo(root);
var parsed = root.Parse(args);

// The first Ctrl-C lets the command say how it goes on; a second one ends it at once.
using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupted.Token);
return parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
