using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Worker;

/// <summary>Puts a worker together.</summary>
public interface IDurableTaskWorkerBuilder
{
    /// <summary>The worker's name; empty for the default one.</summary>
    string Name { get; }

    /// <summary>The services that the worker is registered in.</summary>
    IServiceCollection Services { get; }

    /// <summary>The class of the worker.</summary>
    Type? BuildTarget { get; set; }

    /// <summary>Makes the worker.</summary>
    IHostedService Build(IServiceProvider serviceProvider);
}

/// <summary>Makes orchestrators and activities.</summary>
public interface IDurableTaskFactory
{
    /// <summary>The activity of that name.</summary>
    bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ITaskActivity? activity);

    /// <summary>The orchestrator of that name.</summary>
    bool TryCreateOrchestrator(TaskName name, IServiceProvider serviceProvider, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ITaskOrchestrator? orchestrator);
}

/// <summary>Makes entities too.</summary>
public interface IDurableTaskFactory2 : IDurableTaskFactory
{
    /// <summary>The entity of that name.</summary>
    bool TryCreateEntity(TaskName name, IServiceProvider serviceProvider, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ITaskEntity? entity);
}

/// <summary>Adds values to the details of failures.</summary>
public interface IExceptionPropertiesProvider
{
    /// <summary>The values for <paramref name="exception"/>; <c>null</c> for none.</summary>
    IDictionary<string, object?>? GetExceptionProperties(Exception exception);
}

/// <summary>The builder that <see cref="ServiceCollectionExtensions"/> gives.</summary>
public class DefaultDurableTaskWorkerBuilder : IDurableTaskWorkerBuilder
{
    private Type? buildTarget;

    /// <summary>Creates a builder.</summary>
    public DefaultDurableTaskWorkerBuilder(string? name, IServiceCollection services)
    {
        Name = name ?? Options.DefaultName;
        Services = services;
    }

    public string Name { get; }

    public IServiceCollection Services { get; }

    public Type? BuildTarget
    {
        get => buildTarget;
        set => buildTarget = value is null || (typeof(DurableTaskWorker).IsAssignableFrom(value) && !value.IsAbstract)
            ? value
            : throw new ArgumentException($"{value} is not a class that derives from {nameof(DurableTaskWorker)}.", nameof(value));
    }

    public IHostedService Build(IServiceProvider serviceProvider)
    {
        if (buildTarget is null)
        {
            throw new InvalidOperationException($"No task hub is chosen for the worker '{Name}'.");
        }

        var registry = serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(Name);
        return (IHostedService)ActivatorUtilities.CreateInstance(serviceProvider, buildTarget, Name, new DurableTaskFactory(registry));
    }
}

/// <summary>Configures workers.</summary>
public static class DurableTaskWorkerBuilderExtensions
{
    /// <summary>Registers orchestrators, activities and entities.</summary>
    public static IDurableTaskWorkerBuilder AddTasks(this IDurableTaskWorkerBuilder builder, Action<DurableTaskRegistry> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Sets options of the worker.</summary>
    public static IDurableTaskWorkerBuilder Configure(this IDurableTaskWorkerBuilder builder, Action<DurableTaskWorkerOptions> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Sets which versions the worker runs.</summary>
    public static IDurableTaskWorkerBuilder UseVersioning(
        this IDurableTaskWorkerBuilder builder, DurableTaskWorkerOptions.VersioningOptions versionOptions) =>
        builder.Configure(options => options.Versioning = versionOptions);

    /// <summary>Lets a filter decide which orchestrations the worker runs; the others are left to other workers.</summary>
    [Obsolete("Experimental")]
    public static IDurableTaskWorkerBuilder UseOrchestrationFilter<TOrchestrationFilter>(this IDurableTaskWorkerBuilder builder)
        where TOrchestrationFilter : class, IOrchestrationFilter
    {
        builder.Services.AddSingleton<IOrchestrationFilter, TOrchestrationFilter>();
        return builder;
    }

    /// <inheritdoc cref="UseOrchestrationFilter{TOrchestrationFilter}(IDurableTaskWorkerBuilder)"/>
    [Obsolete("Experimental")]
    public static IDurableTaskWorkerBuilder UseOrchestrationFilter(this IDurableTaskWorkerBuilder builder, IOrchestrationFilter filter)
    {
        builder.Services.AddSingleton(filter);
        return builder;
    }

    /// <summary>The worker gets only the work that it has registrations for. What no worker is registered for waits.</summary>
    public static IDurableTaskWorkerBuilder UseWorkItemFilters(this IDurableTaskWorkerBuilder builder)
    {
        builder.Services.AddOptions<DurableTaskWorkerWorkItemFilters>(builder.Name)
            .PostConfigure<IOptionsMonitor<DurableTaskRegistry>, IOptionsMonitor<DurableTaskWorkerOptions>>((filters, tasks, options) =>
                filters.Set(DurableTaskWorkerWorkItemFilters.Of(tasks.Get(builder.Name), options.Get(builder.Name))));
        return builder;
    }

    /// <summary>The worker gets only the work that these filters let through; <c>null</c> takes filters away.</summary>
    /// <exception cref="OptionsValidationException">Thrown when the worker is made: a filter names what is not registered.</exception>
    public static IDurableTaskWorkerBuilder UseWorkItemFilters(
        this IDurableTaskWorkerBuilder builder, DurableTaskWorkerWorkItemFilters? workItemFilters)
    {
        builder.Services.AddOptions<DurableTaskWorkerWorkItemFilters>(builder.Name)
            .PostConfigure(filters => filters.Set(workItemFilters ?? new DurableTaskWorkerWorkItemFilters()))
            .Validate<IOptionsMonitor<DurableTaskRegistry>>(
                (filters, tasks) => filters.Unknown(tasks.Get(builder.Name)) is null,
                "A work item filter names an orchestration, activity or entity that is not registered with the worker.");
        return builder;
    }

    /// <summary>Sets the class of the worker.</summary>
    public static IDurableTaskWorkerBuilder UseBuildTarget(this IDurableTaskWorkerBuilder builder, Type target)
    {
        builder.BuildTarget = target;
        return builder;
    }

    /// <summary>Sets the class of the worker.</summary>
    public static IDurableTaskWorkerBuilder UseBuildTarget<TTarget>(this IDurableTaskWorkerBuilder builder)
        where TTarget : DurableTaskWorker => builder.UseBuildTarget(typeof(TTarget));

    /// <summary>Sets the class of the worker and the class of its options, which start as a copy of the general ones.</summary>
    public static IDurableTaskWorkerBuilder UseBuildTarget<TTarget, TOptions>(this IDurableTaskWorkerBuilder builder)
        where TTarget : DurableTaskWorker
        where TOptions : DurableTaskWorkerOptions
    {
        builder.Services.AddOptions<TOptions>(builder.Name).PostConfigure<IOptionsMonitor<DurableTaskWorkerOptions>>((options, general) =>
        {
            var from = general.Get(builder.Name);
            options.DataConverter = from.DataConverter;
            options.EnableEntitySupport = from.EnableEntitySupport;
            options.MaximumTimerInterval = from.MaximumTimerInterval;
            options.Versioning = from.Versioning;
            options.Logging.UseLegacyCategories = from.Logging.UseLegacyCategories;
#pragma warning disable CS0618 // experimental, as in the original
            options.OrchestrationFilter = from.OrchestrationFilter;
#pragma warning restore CS0618
            options.Concurrency.MaximumConcurrentActivityWorkItems = from.Concurrency.MaximumConcurrentActivityWorkItems;
            options.Concurrency.MaximumConcurrentEntityWorkItems = from.Concurrency.MaximumConcurrentEntityWorkItems;
            options.Concurrency.MaximumConcurrentOrchestrationWorkItems = from.Concurrency.MaximumConcurrentOrchestrationWorkItems;
        });
        return builder.UseBuildTarget<TTarget>();
    }
}

/// <summary>Registers workers.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a worker of this name, or goes on configuring it.</summary>
    public static IDurableTaskWorkerBuilder AddDurableTaskWorker(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        name ??= Options.DefaultName;
        services.AddOptions();
        var known = services
            .Select(service => service.ImplementationInstance)
            .OfType<WorkerRegistration>()
            .FirstOrDefault(registration => registration.Builder.Name == name);
        if (known is null)
        {
            known = new WorkerRegistration(new DefaultDurableTaskWorkerBuilder(name, services));
            services.AddSingleton(known);
            services.AddSingleton(provider => known.Builder.Build(provider));
        }

        return known.Builder;
    }

    /// <summary>Adds and configures the default worker.</summary>
    public static IServiceCollection AddDurableTaskWorker(this IServiceCollection services, Action<IDurableTaskWorkerBuilder> configure) =>
        services.AddDurableTaskWorker(Options.DefaultName, configure);

    /// <summary>Adds and configures a worker of this name.</summary>
    public static IServiceCollection AddDurableTaskWorker(
        this IServiceCollection services, string name, Action<IDurableTaskWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskWorker(name));
        return services;
    }
}

internal sealed record WorkerRegistration(IDurableTaskWorkerBuilder Builder);
