using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.DurableTask;

/// <summary>What an orchestrator of a function app can do beyond the Durable Task API.</summary>
public static class TaskOrchestrationContextExtensionMethods
{
    /// <summary>The invocation's function context; <c>null</c> outside of a function app.</summary>
    public static FunctionContext? GetFunctionContext(this TaskOrchestrationContext context) =>
        ((context as OrchestrationContext)?.HostState as OrchestrationInvocation)?.FunctionContext;
}
