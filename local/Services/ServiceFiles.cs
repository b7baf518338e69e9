namespace ToolboxAI.Local.Services;

/// <summary>The files that lie beside this program.</summary>
internal static class ServiceFiles
{
    public static string Supervisor { get; } = Beside("services", "supervisor.mjs");

    public static string Package { get; } = Beside("services", "package.json");

    public static string PackageLock { get; } = Beside("services", "package-lock.json");

    public static string Azurite { get; } = Beside("services", "azurite.cjs");

    /// <summary>The product's migrations, <c>NNNN_name.sql</c>.</summary>
    public static string Migrations { get; } = Beside("migrations");

    /// <summary>SQL files that Development runs after the migrations, at each start.</summary>
    public static string Seeds { get; } = Beside("development");

    /// <summary>Idempotent SQL that the server's administrator runs where the product's database is self-hosted.</summary>
    public static string SelfHosted { get; } = Beside("selfhosted");

    private static string Beside(params string[] parts) => Path.Combine([AppContext.BaseDirectory, .. parts]);
}
