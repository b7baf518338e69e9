namespace Azure.Messaging.ServiceBus;

/// <summary>The parts of a Service Bus connection string.</summary>
public class ServiceBusConnectionStringProperties
{
    /// <summary>The <c>sb://</c> address.</summary>
    public Uri? Endpoint { get; private set; }

    /// <summary>The entity, when the string is for one.</summary>
    public string? EntityPath { get; private set; }

    /// <summary>The namespace's host name.</summary>
    public string? FullyQualifiedNamespace => Endpoint?.Host;

    /// <summary>The key.</summary>
    public string? SharedAccessKey { get; private set; }

    /// <summary>The key's name.</summary>
    public string? SharedAccessKeyName { get; private set; }

    /// <summary>A signature instead of a key.</summary>
    public string? SharedAccessSignature { get; private set; }

    /// <summary>Reads a connection string; unknown parts are ignored.</summary>
    /// <exception cref="FormatException">A part has no value, or the endpoint is no <c>sb://</c> address.</exception>
    public static ServiceBusConnectionStringProperties Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var properties = new ServiceBusConnectionStringProperties();
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1)
            {
                throw new FormatException("The connection string has a part that is not of the form name=value.");
            }

            properties.Set(part[..equals].Trim().ToUpperInvariant(), part[(equals + 1)..].Trim());
        }

        return properties;
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "ENDPOINT":
                Endpoint = Uri.TryCreate(value, UriKind.Absolute, out var endpoint) && endpoint.Scheme == "sb"
                    ? endpoint
                    : throw new FormatException("The connection string's endpoint is no sb:// address.");
                break;
            case "ENTITYPATH":
                EntityPath = value;
                break;
            case "SHAREDACCESSKEY":
                SharedAccessKey = value;
                break;
            case "SHAREDACCESSKEYNAME":
                SharedAccessKeyName = value;
                break;
            case "SHAREDACCESSSIGNATURE":
                SharedAccessSignature = value;
                break;
        }
    }
}
