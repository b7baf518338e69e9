using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Functions;
using ToolboxAI.Local.Functions.Startup;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where an application of functions begins.</summary>
public class FunctionsApplication
{
    /// <summary>
    /// A builder with the worker's defaults. Locally the application then listens at <c>http://localhost:7071</c>,
    /// or at the port that <c>--port</c> says.
    /// </summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        var application = Task.Run(() => LocalStartup.PrepareAsync(args)).GetAwaiter().GetResult();
        return new(args, application);
    }
}

/// <summary>Configures an application of functions.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder web;
    private readonly WorkerPipeline pipeline;

    internal FunctionsApplicationBuilder(string[] args, LocalApplication application)
    {
        web = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = application.EnvironmentName, ContentRootPath = application.Root });
        LocalDefaults.Configure(web.Configuration, application);
        web.Configuration.AddCommandLine(args);
        LocalDefaults.Configure(web.Logging, web.Configuration);
        web.WebHost.UseKestrel();
        web.Services.Configure<KestrelServerOptions>(kestrel => HttpPipeline.Listen(kestrel, application.Port));
        LocalDefaults.Configure(web.Services);
        application.AddTo(web.Services);
        pipeline = WorkerServices.Pipeline(web.Services);
    }

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)web).Properties;

    /// <summary>The settings.</summary>
    public ConfigurationManager Configuration => web.Configuration;

    /// <inheritdoc/>
    public IHostEnvironment Environment => web.Environment;

    /// <inheritdoc/>
    public ILoggingBuilder Logging => web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => web.Metrics;

    /// <summary>The services.</summary>
    public IServiceCollection Services => web.Services;

    IConfigurationManager IHostApplicationBuilder.Configuration => web.Configuration;

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);

    /// <summary>Appends a piece of the pipeline around every invocation.</summary>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        pipeline.Use(middleware);
        return this;
    }

    /// <summary>Builds the application; it runs with <c>Run()</c>.</summary>
    public IHost Build()
    {
        WorkerServices.Complete(pipeline);
        var app = web.Build();
        HttpPipeline.Configure(app);
        return app;
    }
}
