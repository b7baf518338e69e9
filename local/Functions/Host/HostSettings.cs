using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>What host.json says; a setting <c>AzureFunctionsJobHost__…</c> of the same path goes before it.</summary>
internal sealed class HostSettings
{
    private readonly IConfiguration settings;

    public HostSettings(string root, IConfiguration configuration)
    {
        Root = root;
        settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(root, "host.json"), optional: true)
            .AddConfiguration(configuration.GetSection("AzureFunctionsJobHost"))
            .Build();
    }

    /// <summary>The folder of host.json.</summary>
    public string Root { get; }

    /// <summary>The first part of every function's route, without slashes; may be empty.</summary>
    public string RoutePrefix => (settings["extensions:http:routePrefix"] ?? "api").Trim('/');

    /// <summary>How many requests run at once; null or less than 1 is without limit.</summary>
    public int? MaxConcurrentRequests => settings.GetValue<int?>("extensions:http:maxConcurrentRequests");

    /// <summary>How many requests run or wait; above that the answer is 429. Null or less than 1 is without limit.</summary>
    public int? MaxOutstandingRequests => settings.GetValue<int?>("extensions:http:maxOutstandingRequests");

    /// <summary>A section under <c>extensions</c>.</summary>
    public IConfigurationSection Extension(string name) => settings.GetSection("extensions").GetSection(name);
}
