using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers the worker.</summary>
    public static class ServiceCollectionExtensions
    {
        /// <summary>The worker's services.</summary>
        public static IFunctionsWorkerApplicationBuilder AddFunctionsWorkerCore(this IServiceCollection services, Action<WorkerOptions>? configure = null)
        {
            var pipeline = WorkerServices.Pipeline(services);
            if (configure is not null)
            {
                services.Configure(configure);
            }

            return pipeline;
        }

        /// <summary>The worker's services with their defaults.</summary>
        public static IFunctionsWorkerApplicationBuilder AddFunctionsWorkerDefaults(
            this IServiceCollection services, Action<WorkerOptions>? configure = null) => services.AddFunctionsWorkerCore(configure);
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Runs a worker with its defaults.</summary>
    public static class FunctionsWorkerHost
    {
        /// <summary>Runs it until the process is asked to end.</summary>
        public static void RunDefault(Action<IServiceCollection>? configureServices = null) => Build(configureServices).Run();

        /// <summary>Runs it until the process is asked to end.</summary>
        public static Task RunDefaultAsync(Action<IServiceCollection>? configureService = null) => Build(configureService).RunAsync();

        private static IHost Build(Action<IServiceCollection>? configure) => new HostBuilder()
            .ConfigureFunctionsWorkerDefaults()
            .ConfigureServices(services => configure?.Invoke(services))
            .Build();
    }
}
