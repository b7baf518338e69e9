using System.Data.Common;

namespace ToolboxAI.Local.Services;

/// <summary>A line of <c>GET /local/services</c>.</summary>
/// <param name="Name">For example <c>postgresql</c>.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="State"><c>running</c>, <c>stopped</c>, or <c>given</c>: not started by us.</param>
/// <param name="Pid">Its process here, or null.</param>
internal sealed record ServiceState(string Name, string? Address, string State, int? Pid)
{
    public static ServiceState Of(SupervisedProcess process, string address) =>
        new(process.Order.Id, address, process.Pid is null ? "stopped" : "running", process.Pid);

    public static ServiceState OfThisProcess(string name, string address) => new(name, address, "running", Environment.ProcessId);

    public static ServiceState Outside(string name, string address) => new(name, address, "given", null);

    /// <summary>The part of a connection string that says where, without the part that says with which password.</summary>
    public static string AddressOf(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var name in new[] { "BlobEndpoint", "Endpoint" })
        {
            if (parts.TryGetValue(name, out var endpoint))
            {
                return $"{endpoint}";
            }
        }

        if (parts.TryGetValue("Host", out var host))
        {
            return parts.TryGetValue("Port", out var port) ? $"{host}:{port}" : $"{host}";
        }

        return parts.TryGetValue("AccountName", out var account) ? $"{account}" : "elsewhere";
    }
}
