using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Schema <c>servicebus</c>: the tables of the bus and the functions that keep its promises.</summary>
internal static class PostgresSchema
{
    public const string Name = "servicebus";

    public static Task InstallAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var assembly = typeof(PostgresSchema).Assembly;
        var scripts = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            });
        var script = string.Join('\n', scripts) + "\n" + InstallationSchema.RegisterParticipant(Name);
        return InstallationSchema.InstallAsync(database, Name, script, cancellationToken);
    }
}
