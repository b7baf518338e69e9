namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Generated code that configures the worker.</summary>
    public interface IAutoConfigureStartup
    {
        /// <summary>Configures.</summary>
        void Configure(Microsoft.Extensions.Hosting.IHostBuilder hostBuilder);
    }
}

namespace Microsoft.Azure.Functions.Worker.Core
{
    /// <summary>Lets an extension register its services and converters.</summary>
    public abstract class WorkerExtensionStartup
    {
        /// <summary>Called once, before the application's own registrations.</summary>
        public abstract void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder);
    }

    /// <summary>Names an extension's <see cref="WorkerExtensionStartup"/>.</summary>
    [AttributeUsage(AttributeTargets.Assembly, Inherited = false, AllowMultiple = true)]
    public class WorkerExtensionStartupAttribute(Type startupType) : Attribute
    {
        /// <summary>The startup.</summary>
        public Type StartupType { get; } = startupType;
    }

    /// <summary>Names generated code that calls the extensions' startups.</summary>
    [AttributeUsage(AttributeTargets.Assembly, Inherited = false, AllowMultiple = true)]
    public class WorkerExtensionStartupCodeExecutorInfoAttribute(Type extensionStartupCodeExecutorType) : Attribute
    {
        /// <summary>The generated class.</summary>
        public Type StartupCodeExecutorType { get; } = extensionStartupCodeExecutorType;
    }

    /// <summary>A binding's value that the worker fetches itself.</summary>
    public abstract class ModelBindingData
    {
        /// <summary>The content's version.</summary>
        public abstract string Version { get; }

        /// <summary>The extension that made it.</summary>
        public abstract string Source { get; }

        /// <summary>The content.</summary>
        public abstract BinaryData Content { get; }

        /// <summary>The content's type.</summary>
        public abstract string ContentType { get; }
    }

    /// <summary>Many of them.</summary>
    public abstract class CollectionModelBindingData
    {
        /// <summary>The values.</summary>
        public abstract ModelBindingData[] ModelBindingData { get; }
    }
}
