using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>One run of the services: start what is not given, say where it is, wait, end it in reverse.</summary>
internal static class ServicesRun
{
    private const string EnvironmentSetting = "AZURE_FUNCTIONS_ENVIRONMENT";
    private const string SettingsFile = "services.json";

    public static async Task RunAsync(ServicesOptions options, CancellationToken stop)
    {
        if (options.Scratch)
        {
            try
            {
                await ScratchAsync(options.Data, options.Durable, stop);
            }
            finally
            {
                Directory.Delete(options.Data, recursive: true);
            }

            return;
        }

        var settings = LocalSettings.Load(development: true, attach: null);
        if (settings.GetValueOrDefault(EnvironmentSetting) != "Development")
        {
            throw new StartRefusedException($"The services are for development only: set {EnvironmentSetting}=Development.");
        }

        await using var data = await DataFolder.OpenAsync(options.Data, options.Fresh, stop);
        await using var told = stop.Register(data.Ending); // at once, so that a start in this moment waits
        await using var supervisor = await Supervisor.StartAsync(data.Remember, stop);
        var modules = new Lazy<Task<NodeModules>>(() => NodeModules.EnsureAsync(LocalFolders.Modules(data.Path), supervisor, Tell, stop));
        await using var services = await RunningServices.StartAsync(settings, modules, data, supervisor, stop);
        if (options.Supervised)
        {
            await StartReport.Ready(services.Settings).WriteAsync(Console.Out);
            await Told(services.StorageReady);
            await supervisor.WatchAsync(stop);
        }
        else
        {
            await services.StorageReady;
            await StandAloneAsync(services, supervisor, data.Of(SettingsFile), stop);
        }
    }

    /// <summary>A refusal is told before anything is ended for it: the application must not meet that first.</summary>
    private static async Task Told(Task storage)
    {
        try
        {
            await storage;
        }
        catch (StartRefusedException refused)
        {
            await StartReport.Refused(refused.Message).WriteAsync(Console.Out);
            throw;
        }
    }

    private static async Task ScratchAsync(string folder, bool durable, CancellationToken stop)
    {
        await using var data = await DataFolder.OpenAsync(folder, fresh: false, stop);
        await using var supervisor = await Supervisor.StartAsync(data.Remember, stop);
        var modules = await NodeModules.EnsureAsync(LocalFolders.Modules(data.Path), supervisor, Tell, stop);
        var server = await PostgresServer.StartAsync(modules.Postgres, data, supervisor, durable, stop);
        var settings = new Dictionary<string, string> { ["TOOLBOX_TEST_DATABASE"] = server.SuperuserConnectionString("postgres") };
        await StartReport.Ready(settings).WriteAsync(Console.Out);
        await supervisor.WatchAsync(stop);
    }

    private static async Task StandAloneAsync(RunningServices services, Supervisor supervisor, string file, CancellationToken stop)
    {
        LocalSettings.Write(file, services.Settings);
        await Console.Out.WriteLineAsync(ServiceTable.Print(await services.StatesAsync(stop)));
        await Console.Out.WriteLineAsync($"Start an application on them: dotnet run --project functions -- --attach {file}");
        await supervisor.WatchAsync(stop);
        File.Delete(file);
    }

    // Standard output is the application's to read, line by line; what a person should see goes beside it.
    private static void Tell(string line) => Console.Error.WriteLine(line);
}
