using System.CommandLine;
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
var commands = new Commands(result =>
{
    // A key on a command line is seen by every user of the machine, so it comes from the environment only.
    var key = Environment.GetEnvironmentVariable("TOOLBOX_KEY") is { Length: > 0 } given ? given : throw new ToolboxException(ExitCodes.Usage, "Set TOOLBOX_KEY to an API key.");
    return (new ToolboxApi(result.GetValue(server)!, key), new Screen(AnsiConsole.Console, Console.Out, result.GetValue(json)));
});
commands.AddTo(root);
var parsed = root.Parse(args);
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
