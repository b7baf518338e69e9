using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Http;

/// <summary>The request pipeline: what every HTTP function has in common, in this order.</summary>
public static class RequestPipeline
{
    private static readonly ConcurrentDictionary<string, bool> HttpFunctions = new(StringComparer.Ordinal);     // by the functions' ids

    /// <summary>Adds the pipeline. Call it after <c>ConfigureFunctionsWebApplication</c>, before which there is no HttpContext to check.</summary>
    public static FunctionsApplicationBuilder AddRequestPipeline(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FunctionPolicies>();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddOptions<RequestLimits>().BindConfiguration(nameof(RequestLimits)).ValidateDataAnnotations().ValidateOnStart();
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(console => console.IncludeScopes = true);      // the correlation id is in one
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));

        builder.UseWhen<CorrelationMiddleware>(IsHttp);
        builder.UseWhen<ProblemMiddleware>(IsHttp);
        builder.UseWhen<AccessMiddleware>(IsHttp);
        builder.UseWhen<LimitsMiddleware>(IsHttp);
        builder.UseWhen<IdempotencyMiddleware>(IsHttp);
        builder.UseWhen<InvocationCorrelationMiddleware>(context => !IsHttp(context));
        return builder;
    }

    // By the kind of trigger, never by what is in the context: an orchestrator must not meet an await before it runs.
    private static bool IsHttp(FunctionContext context) => HttpFunctions.GetOrAdd(context.FunctionId, static (_, function) =>
        function.InputBindings.Values.Any(binding => string.Equals(binding.Type, "httpTrigger", StringComparison.OrdinalIgnoreCase)), context.FunctionDefinition);
}
