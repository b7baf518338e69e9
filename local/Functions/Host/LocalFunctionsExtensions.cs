using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
}
