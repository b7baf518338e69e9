using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A place whose health to read; without a version, the newest published one.</summary>
public sealed record ReadHealthInput(CallScene Scene, string Name, PlaceRef Place, long? Version);

/// <summary>Reads a place's servers, and the logs of some of them.</summary>
public static class ReadHealth
{
    private const int Sampled = 2;
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(1);

    [Function(nameof(ReadHealth))]
    public static async Task<PartOutcome<HealthSample>> Run([OrchestrationTrigger] TaskOrchestrationContext context, ReadHealthInput input)
    {
        if ((input.Version ?? await Published(context, input)) is not { } version)
        {
            return PartOutcome<HealthSample>.Done(new(0, 0, 0));
        }

        var read = await context.CallRoblox<IReadOnlyList<ServerReading>>(
            input.Scene, RobloxEndpoint.ReadServers, nameof(ReadServers), ticket => new ReadServersInput(ticket, input.Place, version));
        if (read.Value is not { } servers)
        {
            return PartOutcome<HealthSample>.Of(input.Name, read);
        }

        var since = context.Now() - LookBack;
        var (errors, looked) = (0, 0);
        foreach (var server in servers.Where(server => server.IsActive).Take(Sampled))
        {
            var logs = await context.CallRoblox<int>(
                input.Scene, RobloxEndpoint.ReadLogs, nameof(ReadLogs), ticket => new ReadLogsInput(ticket, input.Place, version, server.JobId, since));
            if (logs.End == CallEnd.Fenced)
            {
                return PartOutcome<HealthSample>.Of(input.Name, logs);
            }

            // A server that has gone meanwhile has no log to read.
            (errors, looked) = logs.End == CallEnd.Done ? (errors + logs.Value, looked + 1) : (errors, looked);
        }

        return PartOutcome<HealthSample>.Done(new(servers.Count, servers.Sum(server => server.Players), looked == 0 ? 0 : (double)errors / looked));
    }

    private static async Task<long?> Published(TaskOrchestrationContext context, ReadHealthInput input)
    {
        var history = await context.CallRoblox<IReadOnlyList<PlaceVersionReading>>(
            input.Scene, RobloxEndpoint.ReadHistory, nameof(ReadHistory), ticket => new ReadHistoryInput(ticket, input.Place));
        return history.Value?.FirstOrDefault(version => version.IsPublished)?.Version;
    }
}
