using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Local.Functions;

/// <summary>Chooses which functions a host runs; by default those of the process's entry assembly and what it references.</summary>
public static class LocalFunctionsExtensions
{
    /// <summary>Runs the functions of these classes only.</summary>
    public static IServiceCollection UseFunctionsOf(this IServiceCollection services, params Type[] classes) =>
        services.Replace(ServiceDescriptor.Singleton(new FunctionSource(() => FunctionDiscovery.Discover(classes))));

    /// <summary>Runs the functions of this assembly and of what it references.</summary>
    public static IServiceCollection UseFunctionsOf(this IServiceCollection services, Assembly application) =>
        services.Replace(ServiceDescriptor.Singleton(new FunctionSource(() => FunctionDiscovery.Discover(application))));

    /// <summary>Gives the older builder its command line, instead of the process's; call it before the worker is configured.</summary>
    public static IHostBuilder UseArguments(this IHostBuilder builder, params string[] args)
    {
        builder.Properties[typeof(LocalFunctionsExtensions)] = args;
        return builder;
    }

    internal static string[] Arguments(this IHostBuilder builder) =>
        builder.Properties.TryGetValue(typeof(LocalFunctionsExtensions), out var args) ? (string[])args : Environment.GetCommandLineArgs()[1..];
}
