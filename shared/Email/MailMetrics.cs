using System.Diagnostics.Metrics;

namespace ToolboxAI.Shared.Email;

/// <summary>What is counted about mails: meter <c>ToolboxAI.Email</c>.</summary>
internal static class MailMetrics
{
    private static readonly Meter Meter = new("ToolboxAI.Email");

    /// <summary>Calls to the mail service, by outcome.</summary>
    public static readonly Counter<long> Sends = Meter.CreateCounter<long>("toolbox.mail.sends", "{call}");

    /// <summary>Calls that were made although an earlier one may have sent the mail: each may be a duplicate.</summary>
    public static readonly Counter<long> Resends = Meter.CreateCounter<long>("toolbox.mail.resends", "{call}");

    /// <summary>Mails of which it stays unknown whether they were sent.</summary>
    public static readonly Counter<long> Unconfirmed = Meter.CreateCounter<long>("toolbox.mail.unconfirmed", "{mail}");

    /// <summary>Events of the mail service, by outcome.</summary>
    public static readonly Counter<long> Events = Meter.CreateCounter<long>("toolbox.mail.events", "{event}");
}
