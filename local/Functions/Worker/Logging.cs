using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Loggers by way of the context.</summary>
    public static class FunctionContextLoggerExtensions
    {
        /// <summary>A logger of category <typeparamref name="T"/>.</summary>
        public static ILogger<T> GetLogger<T>(this FunctionContext context) =>
            context.InstanceServices.GetRequiredService<ILogger<T>>();

        /// <summary>A logger of that category.</summary>
        public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
            context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(categoryName);
    }
}

namespace Microsoft.Extensions.Logging
{
    /// <summary>Metrics by way of the log.</summary>
    public static class FunctionsLoggerExtensions
    {
        private static readonly EventId Metric = new(1, "metric");

        /// <summary>Logs a metric with its properties; keys <c>Name</c> and <c>Value</c> are the metric's own.</summary>
        public static void LogMetric(this ILogger logger, string name, double value, IDictionary<string, object>? properties = null)
        {
            var state = new Dictionary<string, object>(properties ?? new Dictionary<string, object>()) { ["Name"] = name, ["Value"] = value };
            logger.Log(LogLevel.Information, Metric, state, null, static (s, _) => $"Metric {s["Name"]}: {s["Value"]}");
        }
    }
}
