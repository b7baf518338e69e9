using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A place whose health to read, on the servers of a version.</summary>
public sealed record ReadHealthInput(CallScene Scene, string Name, PlaceRef Place, long Version);

/// <summary>Reads a place's servers, and the logs of some of them.</summary>
public static class ReadHealth
{
    private const int Sampled = 2;
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(1);

    [Function(nameof(ReadHealth))]
    public static async Task<PartOutcome<HealthSample>> Run([OrchestrationTrigger] TaskOrchestrationContext context, ReadHealthInput input)
    {
        var read = await context.CallRoblox<IReadOnlyList<ServerReading>>(
            input.Scene, RobloxEndpoint.ReadServers, nameof(ReadServers), ticket => new ReadServersInput(ticket, input.Place, input.Version));
        if (read.Value is not { } servers)
        {
            return PartOutcome<HealthSample>.Of(input.Name, read);
        }

        var since = context.Now() - LookBack;
        var (errors, looked) = (0, 0);
        foreach (var server in servers.Where(server => server.IsActive).Take(Sampled))
        {
            var logs = await context.CallRoblox<int>(
                input.Scene, RobloxEndpoint.ReadLogs, nameof(ReadLogs), ticket => new ReadLogsInput(ticket, input.Place, input.Version, server.JobId, since));
            if (logs.End == CallEnd.Fenced)
            {
                return PartOutcome<HealthSample>.Of(input.Name, logs);
            }

            // A server that has gone meanwhile has no log to read.
            (errors, looked) = logs.End == CallEnd.Done ? (errors + logs.Value, looked + 1) : (errors, looked);
        }

        return PartOutcome<HealthSample>.Done(new(servers.Count, servers.Sum(server => server.Players), looked == 0 ? 0 : (double)errors / looked));
    }
}
