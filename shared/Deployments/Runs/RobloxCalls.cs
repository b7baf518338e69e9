using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>The permit to make one call.</summary>
/// <param name="Tenant">For whom.</param>
/// <param name="Key">The experience's key.</param>
/// <param name="Fence">The run's fence.</param>
/// <param name="KeyName">The secret with the Open Cloud key.</param>
/// <param name="Id">Names the permit: a call is made once under it.</param>
/// <param name="Before">The call must have begun by then.</param>
public sealed record CallTicket(TenantId Tenant, string Key, long Fence, string KeyName, string Id, DateTimeOffset Before);

/// <summary>How a call ended.</summary>
public enum CallEnd
{
    /// <summary>With an answer.</summary>
    Done,

    /// <summary>It will never work.</summary>
    Refused,

    /// <summary>Its effect may have happened.</summary>
    Unclear,

    /// <summary>Nothing happened; it may work later.</summary>
    Transient,

    /// <summary>It was not made: the permit's time was over, or somebody began under it before.</summary>
    NotMade,

    /// <summary>It was not made: another run has the experience.</summary>
    Fenced,

    /// <summary>It was not made: another run began it, and it must not be made twice without a person's yes.</summary>
    BegunBefore,
}

/// <summary>What must be begun by one run only, such as a paid upload.</summary>
/// <param name="What">Names it.</param>
/// <param name="By">Names the run, which may begin it again.</param>
public sealed record OnlyOnce(string What, string By);

/// <summary>A call's end.</summary>
public sealed record CallOutcome<T>(CallEnd End, T? Value, string? Why, RateReading Rate);

/// <summary>
/// Makes calls to Roblox: once for each permit, under the run's fence, and never later than the permit says. A process that dies leaves
/// a call that was begun; who comes after it learns that its end is unclear.
/// </summary>
public sealed partial class RobloxCalls(
    IUnitOfWorkFactory units, IExperiences experiences, IRobloxKeys keys, TimeProvider clock, ILogger<RobloxCalls> log)
{
    /// <summary>Makes a call.</summary>
    /// <param name="ticket">The permit.</param>
    /// <param name="changes">Whether it changes something.</param>
    /// <param name="call">The call, given the key.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="note">Changes what is known of the experience, before the call begins.</param>
    /// <param name="once">Not to be begun by two runs; null when that does no harm.</param>
    public async Task<CallOutcome<T>> Make<T>(
        CallTicket ticket, bool changes, Func<string, Task<Reply<T>>> call, CancellationToken ct, Func<ExperienceState, ExperienceState>? note = null, OnlyOnce? once = null)
    {
        var key = await keys.Find(ticket.Tenant, ticket.KeyName, ct);
        if (key is null)
        {
            return new(CallEnd.Refused, default, $"There is no secret '{ticket.KeyName}': store the Open Cloud key under this name, then retry.", RateReading.None);
        }

        var (end, marks) = await Begin(ticket, changes, note, once, ct);
        if (end is not null)
        {
            return new(end.Value, default, null, RateReading.None);
        }

        try
        {
            var reply = await call(key);
            await End(ticket, changes, [], ct);
            return new(CallEnd.Done, reply.Value, null, reply.Rate);
        }
        catch (RobloxException e)
        {
            Failed(ticket.Key, e.Status, e.Failure, e.Message);
            if (e.Failure == GatewayFailure.Unclear)
            {
                return new(CallEnd.Unclear, default, e.Message, e.Rate);
            }

            // Nothing happened, so nothing was begun: another run may begin it without asking anybody.
            await End(ticket, changes, marks, ct);
            return new(e.Failure == GatewayFailure.Transient ? CallEnd.Transient : CallEnd.Refused, default, e.Message, e.Rate);
        }
    }

    /// <summary>Notes that the call begins: why it must not be made, or the marks that it has set.</summary>
    private async Task<(CallEnd? End, IReadOnlyList<string> Marks)> Begin(
        CallTicket ticket, bool changes, Func<ExperienceState, ExperienceState>? note, OnlyOnce? once, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var work = await units.Begin(ticket.Tenant, ct);

        // A changing call begins under the lock that moves the fence: after a move, none begins under the old one.
        var state = changes ? await experiences.Lock(work, ticket.Key, ct) : await experiences.Find(work, ticket.Key, ct);
        if (state is not null && state.Fence != ticket.Fence)
        {
            return (CallEnd.Fenced, []);
        }

        var late = now > ticket.Before;
        if (!await experiences.TryBegin(work, new(ticket.Id, ticket.Key, ticket.Fence, changes, now), ct))
        {
            return (changes ? CallEnd.Unclear : CallEnd.NotMade, []);
        }

        // The run's own mark is older when an earlier call of it may have had its effect: then both stay, whatever comes of this one.
        var isFirst = once is not null && await experiences.TryBegin(work, new(once.By, ticket.Key, ticket.Fence, false, now), ct);
        if (isFirst && !await experiences.TryBegin(work, new(once!.What, ticket.Key, ticket.Fence, false, now), ct))
        {
            return (CallEnd.BegunBefore, []);   // not committed
        }

        if (late)
        {
            return (CallEnd.NotMade, []);       // not committed: nothing was begun
        }

        if (note is not null)
        {
            await experiences.Save(work, note(state!), ct);
        }

        await work.Commit(ct);
        return (null, isFirst ? [once!.What, once.By] : []);
    }

    private async Task End(CallTicket ticket, bool changes, IReadOnlyList<string> marks, CancellationToken ct)
    {
        if (changes)
        {
            await using var work = await units.Begin(ticket.Tenant, ct);
            await experiences.End(work, ticket.Id, ct);
            if (marks.Count > 0)
            {
                await experiences.Unbegin(work, marks, ct);
            }

            await work.Commit(ct);
        }
    }

    [LoggerMessage(5000, LogLevel.Warning, "A call to Roblox for {Experience} failed with status {Status}, {Failure}: {Reason}")]
    private partial void Failed(string experience, int status, GatewayFailure failure, string reason);
}
