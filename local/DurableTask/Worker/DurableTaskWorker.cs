using Microsoft.Extensions.Hosting;

namespace Microsoft.DurableTask.Worker.Hosting;

/// <summary>The base of the classes that run orchestrations, activities and entities of a task hub.</summary>
public abstract class DurableTaskWorker : BackgroundService
{
    /// <summary>Creates a worker.</summary>
    protected DurableTaskWorker(string name, IDurableTaskFactory factory)
    {
        Name = name;
        Factory = factory;
    }

    /// <summary>The worker's name.</summary>
    protected virtual string Name { get; }

    /// <summary>Makes what the worker runs.</summary>
    protected virtual IDurableTaskFactory Factory { get; }

    /// <summary>Adds values to the details of failures.</summary>
    protected IExceptionPropertiesProvider? ExceptionPropertiesProvider { get; set; }
}
