using System.Diagnostics;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Keeps a message invisible for as long as its function runs. The real host hides it for ten minutes at a time; here it is less,
/// so that what a killed process worked on comes back soon.
/// </summary>
internal sealed class QueueMessageHold(QueueClient queue, QueueMessage message)
{
    private string receipt = message.PopReceipt;

    /// <summary>How long a message is invisible at a time. A process that a debugger stopped renews nothing, so it gets the real host's time.</summary>
    public static TimeSpan Invisible => Debugger.IsAttached ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(15);

    /// <summary>Waits for the work, renewing meanwhile.</summary>
    public async Task<T> DuringAsync<T>(Task<T> work)
    {
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(done.Token);
        try
        {
            return await work.ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    /// <summary>Makes the message visible again after a while.</summary>
    public Task LetGoAsync(TimeSpan after) => queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, after);

    public Task DeleteAsync() => queue.DeleteMessageAsync(message.MessageId, receipt);

    private async Task RenewAsync(CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(Invisible / 2, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return;
            }

            try
            {
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, Invisible, CancellationToken.None).ConfigureAwait(false)).Value.PopReceipt;
            }
            catch (RequestFailedException)
            {
                // Somebody else has it by now, or the service is away: settling it will tell.
                return;
            }
        }
    }
}
