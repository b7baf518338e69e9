using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>The activity behind <c>CallHttpAsync</c>.</summary>
internal static class BuiltInHttpActivity
{
    /// <summary>The name that stands in the history.</summary>
    public const string Name = "BuiltIn::HttpActivity";

    public static bool Is(string name) => string.Equals(name, Name, StringComparison.OrdinalIgnoreCase);

    public static Task<string?> RunAsync(ActivityCall call, IServiceProvider services, CancellationToken cancellationToken) =>
        throw new TaskNotFoundException("Activity", call.Name, call.Version);
}
