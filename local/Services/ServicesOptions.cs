using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>The command line of the services' process.</summary>
internal sealed record ServicesOptions
{
    public const string Usage =
        "Options: --data DIR, --fresh, or --migrate DIR --database CONNECTIONSTRING [--seed DIR].";

    /// <summary>Where the data lies.</summary>
    public string Data { get; private init; } = LocalFolders.DefaultData;

    /// <summary>Whether to start over with empty data.</summary>
    public bool Fresh { get; private init; }

    /// <summary>Whether an application started this process: it ends with the pipe on its standard input and speaks JSON.</summary>
    public bool Supervised { get; private init; }

    /// <summary>
    /// Nothing but a PostgreSQL for a test run, which ends with the pipe on standard input: no fsync, no databases or
    /// logins of the product, and its data are gone with it.
    /// </summary>
    public bool Scratch { get; private init; }

    /// <summary>With <see cref="Scratch"/>: its commits reach the disk all the same, for measurements.</summary>
    public bool Durable { get; private init; }

    /// <summary>A folder of migrations to apply to <see cref="Database"/>; nothing is started.</summary>
    public string? Migrations { get; private init; }

    /// <summary>The database to migrate: an Npgsql connection string of the migration login.</summary>
    public string? Database { get; private init; }

    /// <summary>A folder of idempotent SQL files to run after the migrations, or null.</summary>
    public string? Seed { get; private init; }

    public static ServicesOptions Parse(string[] args)
    {
        var options = new ServicesOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--data" => options with { Data = Path.GetFullPath(Value(args, ref i)) },
                "--fresh" => options with { Fresh = true },
                "--supervised" => options with { Supervised = true },
                "--scratch" => options with { Scratch = true, Supervised = true, Data = Directory.CreateTempSubdirectory("toolboxai-scratch-").FullName },
                "--durable" => options with { Durable = true },
                "--migrate" => options with { Migrations = Path.GetFullPath(Value(args, ref i)) },
                "--database" => options with { Database = Value(args, ref i) },
                "--seed" => options with { Seed = Path.GetFullPath(Value(args, ref i)) },
                var unknown => throw new StartRefusedException($"Unknown option {unknown}. {Usage}"),
            };
        }

        return options.Migrations is null == options.Database is null
            ? options
            : throw new StartRefusedException($"--migrate and --database belong together. {Usage}");
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new StartRefusedException($"{args[i - 1]} needs a value. {Usage}");
}
