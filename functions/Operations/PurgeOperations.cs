using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Functions.Operations;

/// <summary>Deletes what nobody asks for any more: sent messages, events and stored answers past their time.</summary>
public sealed partial class PurgeOperations(Retention retention, ILogger<PurgeOperations> log)
{
    [Function(nameof(PurgeOperations))]
    public async Task Run([TimerTrigger("0 15 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        var (messages, events, handled, answers) = await retention.Purge(ct);
        Purged(messages, events, handled, answers);
    }

    [LoggerMessage(1220, LogLevel.Information, "Deleted {Messages} sent messages, {Events} events, {Handled} marks of applied messages and {Answers} stored answers")]
    private partial void Purged(int messages, int events, int handled, int answers);
}
