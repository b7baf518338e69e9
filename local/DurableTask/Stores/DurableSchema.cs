using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>
/// Schema <c>durable</c>. An instance's row changes with each of its steps; its history is one row a step; its inbox holds the
/// messages that it has not taken yet, also those that become due later (timers); activities wait in a table of their own.
/// Leases carry the number of a worker, and a worker is dead when its process has left the installation.
/// </summary>
internal static class DurableSchema
{
    public static string Script { get; } = Read("schema.sql") + Read("functions.sql") + InstallationSchema.RegisterParticipant("durable");

    private static string Read(string file)
    {
        var assembly = typeof(DurableSchema).Assembly;
        using var stream = assembly.GetManifestResourceStream($"durable.{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
