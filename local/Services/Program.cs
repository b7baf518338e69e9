using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Services;

var supervised = args.Contains("--supervised") || args.Contains("--scratch");
try
{
    var options = ServicesOptions.Parse(args);
    using var stop = new StopSignal(options.Supervised);
    await (options.Migrations is null
        ? ServicesRun.RunAsync(options, stop.Token)
        : MigrationCommand.RunAsync(options, stop.Token));
    return 0;
}
catch (StartRefusedException refused)
{
    await (supervised ? StartReport.Refused(refused.Message).WriteAsync(Console.Out) : Console.Error.WriteLineAsync(refused.Message));
    return 1;
}
catch (OperationCanceledException)
{
    return 0; // told to stop while still starting
}
