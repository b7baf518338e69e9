using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>The local runtime's part of an application's command line; the rest is the application's own.</summary>
/// <param name="Port">The port to listen on; 0 takes a free one.</param>
/// <param name="Data">Where the data lies.</param>
/// <param name="Fresh">Whether to start over with empty data.</param>
/// <param name="Attach">The settings of services that run already, or null.</param>
/// <param name="Supervised">Whether the application ends with the pipe on its standard input, as a test's does.</param>
internal sealed record StartOptions(int Port, string Data, bool Fresh, string? Attach, bool Supervised)
{
    /// <summary>What <c>--help</c> says.</summary>
    public const string Usage = "Options: --port N, --data DIR, --fresh, or --port N --attach FILE (use running services). What else is given is the application's own.";

    private const int DefaultPort = 7071;
    private const int HighestPort = 65535;

    public static StartOptions Parse(string[] args)
    {
        var options = new StartOptions(DefaultPort, LocalFolders.DefaultData, false, null, false);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--port" => options with { Port = PortOf(Value(args, ref i)) },
                "--data" => options with { Data = Path.GetFullPath(Value(args, ref i)) },
                "--fresh" => options with { Fresh = true },
                "--attach" => options with { Attach = Path.GetFullPath(Value(args, ref i)) },
                "--supervised" => options with { Supervised = true },
                _ => options,
            };
        }

        return options.Attach is not null && (options.Fresh || options.Data != LocalFolders.DefaultData)
            ? throw new StartRefusedException("--attach uses services that run already: give --data and --fresh to them instead.")
            : options;
    }

    private static int PortOf(string value) => int.TryParse(value, out var port) && port is >= 0 and <= HighestPort
        ? port
        : throw new StartRefusedException($"--port takes a number from 0 (any free port) to {HighestPort}, not {value}.");

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new StartRefusedException($"{args[i - 1]} needs a value. {Usage}");
}
