using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Email;

/// <summary>A tenant's mails. All methods need that tenant's session.</summary>
public interface IMailStore
{
    /// <summary>Adds a mail; false, and nothing is changed, when its id is there already. Waits for another transaction that adds the same.</summary>
    Task<bool> TryAdd(IUnitOfWork work, Mail mail, CancellationToken ct);

    /// <summary>Reads a mail and locks its row until the unit of work ends; null when there is none.</summary>
    Task<Mail?> Lock(IUnitOfWork work, string id, CancellationToken ct);

    /// <summary>Writes back what can change of a mail: its state and what belongs to it.</summary>
    Task Update(IUnitOfWork work, Mail mail, CancellationToken ct);

    /// <summary>The mails about an object, the oldest first.</summary>
    Task<IReadOnlyList<Mail>> About(IUnitOfWork work, string about, CancellationToken ct);
}
