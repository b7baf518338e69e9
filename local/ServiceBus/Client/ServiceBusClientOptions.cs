using System.Net;
using System.Net.Security;

namespace Azure.Messaging.ServiceBus;

/// <summary>How a client reaches the service. The local bus has no network of its own: only the retry options' time-out has an effect.</summary>
public class ServiceBusClientOptions
{
    /// <summary>Kept, without effect.</summary>
    public ServiceBusTransportType TransportType { get; set; }

    /// <summary>Kept, without effect.</summary>
    public Uri? CustomEndpointAddress { get; set; }

    /// <summary>Kept, without effect.</summary>
    public IWebProxy? WebProxy { get; set; }

    /// <summary>Kept, without effect.</summary>
    public RemoteCertificateValidationCallback? CertificateValidationCallback { get; set; }

    /// <summary>Kept, without effect; default one minute.</summary>
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one try waits, and how often tries are repeated.</summary>
    public ServiceBusRetryOptions RetryOptions { get; set; } = new();

    /// <summary>Names the client in logs; default: the namespace and a random part.</summary>
    public string? Identifier { get; set; }

    /// <summary>Whether one transaction may span entities of the client.</summary>
    public bool EnableCrossEntityTransactions { get; set; }
}

/// <summary>How AMQP travels.</summary>
public enum ServiceBusTransportType
{
    /// <summary>TCP, port 5671.</summary>
    AmqpTcp = 0,

    /// <summary>Web sockets, port 443.</summary>
    AmqpWebSockets = 1,
}
