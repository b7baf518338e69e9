using Azure.Core;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Options of an administration client; the local bus needs none.</summary>
public class ServiceBusAdministrationClientOptions : ClientOptions
{
    /// <summary>For a version of the service; the newest unless told otherwise.</summary>
    public ServiceBusAdministrationClientOptions(ServiceVersion version = ServiceVersion.V2021_05) => Version = version;

    /// <summary>Versions of the service.</summary>
    public enum ServiceVersion
    {
        /// <summary>2017-04.</summary>
        V2017_04 = 1,

        /// <summary>2021-05.</summary>
        V2021_05 = 2,
    }

    /// <summary>Kept, without effect.</summary>
    public ServiceVersion Version { get; }
}
