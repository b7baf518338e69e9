using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>ASP.NET Core by way of the context.</summary>
    public static class FunctionContextExtensions
    {
        /// <summary>The HTTP context of an HTTP trigger; null for other triggers and in middleware before the integration's.</summary>
        public static HttpContext? GetHttpContext(this FunctionContext context) =>
            context.Items.TryGetValue(AspNetCoreMiddleware.Key, out var value) ? (HttpContext)value : null;
    }
}

namespace Microsoft.Azure.Functions.Worker.Builder
{
    /// <summary>ASP.NET Core integration.</summary>
    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        /// <summary>HTTP functions take and return ASP.NET Core's types. Middleware that needs the HTTP context is appended after this.</summary>
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
        {
            AspNetCoreIntegration.Use(builder);
            return builder;
        }
    }
}

namespace Microsoft.Extensions.Hosting
{
    /// <summary>ASP.NET Core integration of the older builder.</summary>
    public static class FunctionsHostBuilderExtensions
    {
        /// <summary>HTTP functions take and return ASP.NET Core's types.</summary>
        public static IHostBuilder ConfigureFunctionsWebApplication(this IHostBuilder builder) =>
            builder.ConfigureFunctionsWebApplication((HostBuilderContext _, IFunctionsWorkerApplicationBuilder _) => { });

        /// <summary>HTTP functions take and return ASP.NET Core's types; the worker is configured after that.</summary>
        public static IHostBuilder ConfigureFunctionsWebApplication(
            this IHostBuilder builder, Action<IFunctionsWorkerApplicationBuilder> configureWorker) =>
            builder.ConfigureFunctionsWebApplication((_, worker) => configureWorker(worker));

        /// <summary>HTTP functions take and return ASP.NET Core's types; the worker is configured after that.</summary>
        public static IHostBuilder ConfigureFunctionsWebApplication(
            this IHostBuilder builder, Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder> configureWorker) =>
            builder.ConfigureFunctionsWorkerDefaults((context, worker) =>
            {
                AspNetCoreIntegration.Use(worker);
                configureWorker(context, worker);
            });
    }
}

namespace ToolboxAI.Local.Functions
{
    internal static class AspNetCoreIntegration
    {
        public static void Use(IFunctionsWorkerApplicationBuilder builder)
        {
            var pipeline = WorkerServices.Pipeline(builder.Services);
            if (pipeline.AspNetCore)
            {
                return;
            }

            pipeline.AspNetCore = true;
            builder.UseMiddleware(AspNetCoreMiddleware.InvokeAsync);
            builder.Services.AddMvcCore();
            builder.Services.Configure<WorkerOptions>(options => options.InputConverters.RegisterAt<HttpContextConverter>(0));
        }
    }
}
