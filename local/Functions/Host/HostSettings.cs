using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>What host.json says; a setting <c>AzureFunctionsJobHost__…</c> of the same path goes before it.</summary>
internal sealed class HostSettings
{
    /// <summary>What the Premium and Flex Consumption plans allow when host.json says nothing.</summary>
    private static readonly TimeSpan DefaultFunctionTimeout = TimeSpan.FromMinutes(30);

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

    /// <summary>How long an invocation may run (<c>functionTimeout</c>, 30 minutes by default); null for ever, which <c>-1</c> says.</summary>
    /// <exception cref="FormatException">It is neither <c>-1</c> nor a TimeSpan longer than zero.</exception>
    public TimeSpan? FunctionTimeout => settings["functionTimeout"] switch
    {
        null or "" => DefaultFunctionTimeout,
        "-1" => null,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero => limit,
        var text => throw new FormatException($"host.json: functionTimeout '{text}' is neither -1 nor a time longer than zero, such as 00:10:00."),
    };

    /// <summary>A section under <c>extensions</c>.</summary>
    public IConfigurationSection Extension(string name) => settings.GetSection("extensions").GetSection(name);
}
