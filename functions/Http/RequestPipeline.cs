using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>The request pipeline: what every HTTP function has in common, in this order.</summary>
public static class RequestPipeline
{
    /// <summary>Adds the pipeline. Call it after <c>ConfigureFunctionsWebApplication</c>, before which there is no HttpContext to check.</summary>
    public static FunctionsApplicationBuilder AddRequestPipeline(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FunctionPolicies>();
        builder.Services.AddOptions<RequestLimits>().BindConfiguration(nameof(RequestLimits)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));

        builder.UseWhen<CorrelationMiddleware>(IsHttp);
        builder.UseWhen<ProblemMiddleware>(IsHttp);
        builder.UseWhen<AccessMiddleware>(IsHttp);
        builder.UseWhen<LimitsMiddleware>(IsHttp);
        builder.UseWhen<IdempotencyMiddleware>(IsHttp);
        builder.UseWhen<MessageCorrelationMiddleware>(IsMessage);
        return builder;
    }

    // By the kind of trigger, never by what is in the context: an orchestrator must not meet an await before it runs.
    private static bool IsHttp(FunctionContext context) => HasTrigger(context, "httpTrigger");

    private static bool IsMessage(FunctionContext context) => HasTrigger(context, "serviceBusTrigger");

    private static bool HasTrigger(FunctionContext context, string type) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => string.Equals(binding.Type, type, StringComparison.OrdinalIgnoreCase));
}
