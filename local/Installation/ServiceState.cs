using System.Data.Common;

namespace ToolboxAI.Local.Installation;

/// <summary>A line of <c>GET /local/services</c>.</summary>
/// <param name="Name">For example <c>postgresql</c>.</param>
/// <param name="Address">Where it answers, or null when it has not said so.</param>
/// <param name="State"><c>running</c>, <c>stopped</c>, or <c>given</c>: a setting names it, and nothing was started for it.</param>
/// <param name="Pid">Its process on this machine, or null.</param>
public sealed record ServiceState(string Name, string? Address, string State, int? Pid)
{
    /// <summary>A service that a setting names.</summary>
    public static ServiceState Given(string name, string address) => new(name, address, "given", null);

    /// <summary>A service that runs inside this process.</summary>
    public static ServiceState OfThisProcess(string name, string address) => new(name, address, "running", Environment.ProcessId);

    /// <summary>The part of a connection string that says where, without the part that says with which password.</summary>
    public static string AddressOf(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var name in new[] { "BlobEndpoint", "Endpoint", "AccountName" })
        {
            if (parts.TryGetValue(name, out var endpoint))
            {
                return $"{endpoint}";
            }
        }

        return $"{Part("Host", "elsewhere")}:{Part("Port", "5432")}";

        string Part(string name, string fallback) => parts.TryGetValue(name, out var value) ? $"{value}" : fallback;
    }
}
