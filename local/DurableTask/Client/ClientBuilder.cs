using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Client;

/// <summary>Options of a client.</summary>
public class DurableTaskClientOptions
{
    /// <summary>What writes inputs and reads outputs.</summary>
    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>Whether entities can be used.</summary>
    public bool EnableEntitySupport { get; set; }

    /// <summary>The version of orchestrations that are started without one.</summary>
    public string DefaultVersion { get; set; } = string.Empty;
}

/// <summary>Puts a client together.</summary>
public interface IDurableTaskClientBuilder
{
    /// <summary>The client's name; empty for the default one.</summary>
    string Name { get; }

    /// <summary>The services that the client is registered in.</summary>
    IServiceCollection Services { get; }

    /// <summary>The class of the client.</summary>
    Type? BuildTarget { get; set; }

    /// <summary>Makes the client.</summary>
    DurableTaskClient Build(IServiceProvider serviceProvider);
}

/// <summary>Gives clients by name.</summary>
public interface IDurableTaskClientProvider
{
    /// <summary>The client of that name; the default one for <c>null</c>.</summary>
    DurableTaskClient GetClient(string? name = null);
}

/// <summary>The builder that <see cref="ServiceCollectionExtensions"/> gives.</summary>
public class DefaultDurableTaskClientBuilder : IDurableTaskClientBuilder
{
    private Type? buildTarget;

    /// <summary>Creates a builder.</summary>
    public DefaultDurableTaskClientBuilder(string? name, IServiceCollection services)
    {
        Name = name ?? Options.DefaultName;
        Services = services;
    }

    public string Name { get; }

    public IServiceCollection Services { get; }

    public Type? BuildTarget
    {
        get => buildTarget;
        set => buildTarget = value is null || (typeof(DurableTaskClient).IsAssignableFrom(value) && !value.IsAbstract)
            ? value
            : throw new ArgumentException($"{value} is not a class that derives from {nameof(DurableTaskClient)}.", nameof(value));
    }

    public DurableTaskClient Build(IServiceProvider serviceProvider) => buildTarget is null
        ? throw new InvalidOperationException($"No task hub is chosen for the client '{Name}'.")
        : (DurableTaskClient)ActivatorUtilities.CreateInstance(serviceProvider, buildTarget, Name);
}

/// <summary>Configures clients.</summary>
public static class DurableTaskBuilderExtensions
{
    /// <summary>Sets options of the client.</summary>
    public static IDurableTaskClientBuilder Configure(this IDurableTaskClientBuilder builder, Action<DurableTaskClientOptions> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Sets the version of orchestrations that are started without one.</summary>
    public static IDurableTaskClientBuilder UseDefaultVersion(this IDurableTaskClientBuilder builder, string version) =>
        builder.Configure(options => options.DefaultVersion = version);

    /// <summary>Registers the client itself in the services, so that it can be injected.</summary>
    public static IDurableTaskClientBuilder RegisterDirectly(this IDurableTaskClientBuilder builder)
    {
        builder.Services.AddSingleton(services => services.GetRequiredService<IDurableTaskClientProvider>().GetClient(builder.Name));
        return builder;
    }

    /// <summary>Sets the class of the client.</summary>
    public static IDurableTaskClientBuilder UseBuildTarget(this IDurableTaskClientBuilder builder, Type target)
    {
        builder.BuildTarget = target;
        return builder;
    }

    /// <summary>Sets the class of the client.</summary>
    public static IDurableTaskClientBuilder UseBuildTarget<TTarget>(this IDurableTaskClientBuilder builder)
        where TTarget : DurableTaskClient => builder.UseBuildTarget(typeof(TTarget));

    /// <summary>Sets the class of the client and the class of its options, which start as a copy of the general ones.</summary>
    public static IDurableTaskClientBuilder UseBuildTarget<TTarget, TOptions>(this IDurableTaskClientBuilder builder)
        where TTarget : DurableTaskClient
        where TOptions : DurableTaskClientOptions
    {
        builder.Services.AddOptions<TOptions>(builder.Name).PostConfigure<IOptionsMonitor<DurableTaskClientOptions>>((options, general) =>
        {
            var from = general.Get(builder.Name);
            options.DataConverter = from.DataConverter;
            options.EnableEntitySupport = from.EnableEntitySupport;
            options.DefaultVersion = from.DefaultVersion;
        });
        return builder.UseBuildTarget<TTarget>();
    }
}

/// <summary>Registers clients.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a client of this name, or goes on configuring it.</summary>
    public static IDurableTaskClientBuilder AddDurableTaskClient(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        name ??= Options.DefaultName;
        services.AddOptions();
        if (!services.Any(service => service.ServiceType == typeof(IDurableTaskClientProvider)))
        {
            services.AddSingleton<IDurableTaskClientProvider, DurableTaskClientProvider>();
        }

        var known = services
            .Select(service => service.ImplementationInstance)
            .OfType<ClientRegistration>()
            .FirstOrDefault(registration => registration.Builder.Name == name);
        if (known is null)
        {
            known = new ClientRegistration(new DefaultDurableTaskClientBuilder(name, services));
            services.AddSingleton(known);
            if (name == Options.DefaultName)
            {
                services.AddSingleton(provider => provider.GetRequiredService<IDurableTaskClientProvider>().GetClient());
            }
        }

        return known.Builder;
    }

    /// <summary>Adds and configures the default client.</summary>
    public static IServiceCollection AddDurableTaskClient(this IServiceCollection services, Action<IDurableTaskClientBuilder> configure) =>
        services.AddDurableTaskClient(Options.DefaultName, configure);

    /// <summary>Adds and configures a client of this name.</summary>
    public static IServiceCollection AddDurableTaskClient(
        this IServiceCollection services, string name, Action<IDurableTaskClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskClient(name));
        return services;
    }
}

internal sealed record ClientRegistration(IDurableTaskClientBuilder Builder);

internal sealed class DurableTaskClientProvider(IEnumerable<ClientRegistration> registrations, IServiceProvider services)
    : IDurableTaskClientProvider
{
    private readonly Dictionary<string, Lazy<DurableTaskClient>> clients = registrations.ToDictionary(
        registration => registration.Builder.Name,
        registration => new Lazy<DurableTaskClient>(() => registration.Builder.Build(services)));

    public DurableTaskClient GetClient(string? name = null) =>
        clients.TryGetValue(name ?? Options.DefaultName, out var client)
            ? client.Value
            : throw new ArgumentOutOfRangeException(nameof(name), name, "There is no durable task client of this name.");
}
