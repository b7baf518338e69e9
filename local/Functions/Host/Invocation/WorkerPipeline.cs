using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>The pipeline around every invocation: collects its pieces while the application is configured, then is built once.</summary>
internal sealed class WorkerPipeline(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> pieces = [];
    private FunctionExecutionDelegate? built;

    public IServiceCollection Services => services;

    /// <summary>Whether the ASP.NET Core integration is configured.</summary>
    public bool AspNetCore { get; set; }

    /// <summary>Whether the pieces that execute the function are in place.</summary>
    public bool HasExecution { get; set; }

    public FunctionExecutionDelegate Execute => built ??= Build();

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        pieces.Add(middleware);
        return this;
    }

    private FunctionExecutionDelegate Build()
    {
        FunctionExecutionDelegate pipeline = static _ => Task.CompletedTask;
        for (var i = pieces.Count - 1; i >= 0; i--)
        {
            pipeline = pieces[i](pipeline);
        }

        return pipeline;
    }
}
