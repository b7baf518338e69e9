namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>The rest of the pipeline.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>A piece of the pipeline that runs around every invocation.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Does its work and calls <paramref name="next"/>, or does not and so refuses the invocation.</summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
