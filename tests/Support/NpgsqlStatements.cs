using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace ToolboxAI.Tests.Support;

/// <summary>The statements that this process sends to a database: Npgsql traces each.</summary>
public static class NpgsqlStatements
{
    /// <summary>Collects statements until the result is disposed.</summary>
    /// <param name="connectionString">Says which database.</param>
    /// <param name="into">Where each statement's text goes when it has ended.</param>
    public static IDisposable Of(string connectionString, ConcurrentQueue<string> into)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("db.name") ?? activity.GetTagItem("db.namespace"), name))
                {
                    into.Enqueue($"{activity.GetTagItem("db.statement") ?? activity.GetTagItem("db.query.text")}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
