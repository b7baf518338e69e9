using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Planted;

/// <summary>A row of the outbox is sent as soon as it is written, before the transaction that wrote it commits.</summary>
public sealed class SentBeforeCommit : Plants
{
    /// <inheritdoc/>
    public override IOutboxStore Outbox(IOutboxStore real, IMessageBus bus) => new Eager(real, bus);

    private sealed class Eager(IOutboxStore real, IMessageBus bus) : IOutboxStore
    {
        public async Task Add(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, DateTimeOffset claimedUntil, CancellationToken ct)
        {
            await real.Add(work, messages, claimedUntil, ct);
            foreach (var message in messages)
            {
                await bus.Send(message, ct);
            }
        }

        public Task<IReadOnlyList<OutboxMessage>> Claim(
            IUnitOfWork work, DateTimeOffset machineNow, DateTimeOffset claimedUntil, int limit, CancellationToken ct) =>
            real.Claim(work, machineNow, claimedUntil, limit, ct);

        public Task MarkSent(IUnitOfWork work, IReadOnlyList<string> ids, DateTimeOffset sentAt, CancellationToken ct) => real.MarkSent(work, ids, sentAt, ct);

        public Task<int> DeleteSentBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) =>
            real.DeleteSentBefore(work, time, limit, ct);
    }
}
