using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing;

/// <summary>Where a page of runs ends: they are listed from the newest to the oldest.</summary>
public sealed record DunningPosition(DateTimeOffset StartedAt, string InvoiceId);

/// <summary>The rows of a tenant's dunning runs.</summary>
public interface IDunningRuns
{
    /// <summary>Adds a run; false when its invoice ever had one. Waits for another transaction that adds the same.</summary>
    Task<bool> TryAdd(IUnitOfWork work, DunningRun run, CancellationToken ct);

    /// <summary>Reads an invoice's run; null when it never had one.</summary>
    Task<DunningRun?> Find(IUnitOfWork work, string invoiceId, CancellationToken ct);

    /// <summary>Reads a run and locks its row until the unit of work ends; null when there is none.</summary>
    Task<DunningRun?> Lock(IUnitOfWork work, string invoiceId, CancellationToken ct);

    /// <summary>Writes a run back, which must be locked.</summary>
    Task Save(IUnitOfWork work, DunningRun run, CancellationToken ct);

    /// <summary>The runs that have not ended.</summary>
    Task<IReadOnlyList<DunningRun>> Unended(IUnitOfWork work, CancellationToken ct);

    /// <summary>The same, and those that were given up and whose invoice is not known to be paid.</summary>
    Task<IReadOnlyList<DunningRun>> Unsettled(IUnitOfWork work, CancellationToken ct);

    /// <summary>Runs from the newest to the oldest, at most <paramref name="limit"/>, after a position.</summary>
    Task<IReadOnlyList<DunningRun>> Page(IUnitOfWork work, DunningStatus? status, DunningPosition? after, int limit, CancellationToken ct);
}

/// <summary>The policies that an operator has set. Control plane.</summary>
public interface IDunningPolicies
{
    /// <summary>A plan's policy; null when none was set, and the default holds.</summary>
    Task<DunningPolicy?> Find(IUnitOfWork work, string plan, CancellationToken ct);

    /// <summary>Sets a plan's policy for the runs that start from now on.</summary>
    Task Put(IUnitOfWork work, string plan, DunningPolicy policy, DateTimeOffset at, CancellationToken ct);
}
