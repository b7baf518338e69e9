using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Shared.Data;

/// <summary>Where the data and the queues are.</summary>
public sealed class DataOptions
{
    /// <summary>The value of <c>DatabaseAuthentication</c> that has the login read from the secrets.</summary>
    public const string Secret = "secret";

    /// <summary>Setting <c>DatabaseConnection</c>: an Npgsql connection string; of the login <c>toolbox_app</c> unless the login is a secret.</summary>
    [Required(ErrorMessage = "The setting DatabaseConnection is empty: it holds the Npgsql connection string of the login toolbox_app.")]
    public string DatabaseConnection { get; set; } = "";

    /// <summary>
    /// Setting <c>DatabaseAuthentication</c>: <c>connection</c>, the default, as the connection string says; <c>secret</c>, with the secret
    /// database-login (a self-hosted database); <c>entra</c>, with a token of the platform's identity (Azure).
    /// </summary>
    [RegularExpression("^(connection|secret|entra)$", ErrorMessage = "The setting DatabaseAuthentication is none of connection, secret, entra.")]
    public string DatabaseAuthentication { get; set; } = "connection";

    /// <summary>Whether the login is read from the secrets.</summary>
    public bool LoginIsSecret => DatabaseAuthentication == Secret;

    /// <summary>Setting <c>ServiceBusConnection</c>: a connection string; empty when the namespace is given.</summary>
    public string ServiceBusConnection { get; set; } = "";

    /// <summary>Setting <c>ServiceBusConnection__fullyQualifiedNamespace</c>: the namespace to which the app's identity has access.</summary>
    public string ServiceBusNamespace { get; set; } = "";
}
