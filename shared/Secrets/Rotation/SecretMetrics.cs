using System.Diagnostics.Metrics;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>What is measured of secrets: names and times, never values.</summary>
public static class SecretMetrics
{
    /// <summary>The counter of alerts, for which an alert of bicep/modules/alerts.bicep asks.</summary>
    public const string AlertsName = "toolbox.secrets.alerts";

    private static readonly Meter Meter = new("ToolboxAI.Secrets");
    private static readonly Gauge<double> DaysLeft = Meter.CreateGauge<double>("toolbox.secrets.days_left", "d", "Days until the secret's current version expires.");
    private static readonly Counter<long> Alerts = Meter.CreateCounter<long>(AlertsName, "{alert}", "Secrets that somebody must look after, by name and state.");

    /// <summary>Measures a secret that was looked at.</summary>
    public static void Seen(SecretView secret, DateTimeOffset now)
    {
        if (secret.Versions.FirstOrDefault(version => version.State == "current")?.ExpiresAt is { } end)
        {
            DaysLeft.Record((end - now).TotalDays, new KeyValuePair<string, object?>("name", secret.Name));
        }
    }

    /// <summary>Counts an alert.</summary>
    public static void Alerted(SecretView secret) => Alerts.Add(1, new("name", secret.Name), new("state", secret.State.ToString().ToLowerInvariant()));
}
