using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary><c>--migrate DIR --database CONNECTIONSTRING</c>: what a pipeline runs before it deploys.</summary>
internal static class MigrationCommand
{
    public static async Task RunAsync(ServicesOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.Migrations))
        {
            throw new StartRefusedException($"There is no folder {options.Migrations}.");
        }

        try
        {
            foreach (var name in await Migrations.ApplyAsync(options.Database!, options.Migrations, options.Seed, cancellationToken))
            {
                await Console.Out.WriteLineAsync($"applied {name}");
            }
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            throw new StartRefusedException($"Can't migrate the database: {e.Message}");
        }
    }
}
