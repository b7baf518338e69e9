using Microsoft.Extensions.Configuration;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>The installation that the application belongs to; none when the setting <c>ToolboxLocal__Database</c> is empty.</summary>
internal sealed class LocalInstallation(IConfiguration settings)
{
    private readonly Lazy<Task<InstallationSession?>> session = new(async () =>
        settings["ToolboxLocal:Database"] is { Length: > 0 } database ? await InstallationSession.ForAsync(database).ConfigureAwait(false) : null);

    /// <summary>Whether known keys and the endpoints under /local exist: only where <c>AZURE_FUNCTIONS_ENVIRONMENT</c> says Development.</summary>
    public bool IsDevelopment => settings["AZURE_FUNCTIONS_ENVIRONMENT"] == "Development";

    public Task<InstallationSession?> SessionAsync() => session.Value;

    /// <summary>The moved clock. Joining happens once, while the host is built, where nothing can await it.</summary>
    public TimeProvider Clock() => Task.Run(SessionAsync).GetAwaiter().GetResult()?.Clock ?? TimeProvider.System;
}
