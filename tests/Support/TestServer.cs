namespace ToolboxAI.Tests.Support;

/// <summary>The PostgreSQL of a test run: the one that <c>TOOLBOX_TEST_DATABASE</c> names.</summary>
public static class TestServer
{
    /// <summary>A superuser's connection string.</summary>
    public static Task<string> ConnectionStringAsync() =>
        Task.FromResult(Environment.GetEnvironmentVariable("TOOLBOX_TEST_DATABASE")
            ?? throw new InvalidOperationException("Set TOOLBOX_TEST_DATABASE to a PostgreSQL superuser's connection string."));
}
