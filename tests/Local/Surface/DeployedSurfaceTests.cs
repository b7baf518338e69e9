using System.Reflection;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Surface;

/// <summary>
/// What the product exposes when it is deployed: every function with its trigger, route, methods, level, queue, schedule and
/// connection. A change shows as a change of the file beside this test; set TOOLBOX_UPDATE_SNAPSHOTS=1 to write it anew.
/// </summary>
public sealed class DeployedSurfaceTests
{
    private static readonly string Snapshot = Path.Combine(Repository.Root, "tests", "Local", "Surface", "functions.metadata");

    [Fact]
    public void The_deployed_surface_is_the_one_on_file()
    {
        var functions = FunctionDiscovery.Discover(Assembly.Load("ToolboxAI.Functions"));
        var surface = FunctionsMetadata.Write(functions.OrderBy(function => function.Name, StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("TOOLBOX_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Snapshot, surface);
        }

        Assert.Equal(File.ReadAllText(Snapshot), surface);
    }

    [Fact]
    public void Every_layer_is_discovered()
    {
        var files = FunctionDiscovery.Discover(Assembly.Load("ToolboxAI.Functions")).Select(function => function.ScriptFile).Distinct();

        Assert.Equal(["ToolboxAI.Durable.dll", "ToolboxAI.Functions.dll"], files.Order(StringComparer.Ordinal));
    }
}
