using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>
/// The <c>Azure</c> build can't be restored everywhere. What can be known without its packages is: the projects as MSBuild evaluates
/// them for both builds, and what the compiled code of this build refers to.
/// </summary>
public sealed class AzureBuildTests
{
    private static readonly string[] Projects = ["functions/ToolboxAI.Functions.csproj", "durable/ToolboxAI.Durable.csproj", "shared/ToolboxAI.Shared.csproj"];

    /// <summary>Namespaces of the stand-ins, and the packages that bring them; the longest that fits counts. Sources: the listings of ../shared/api, the packages' pages on nuget.org.</summary>
    private static readonly (string Namespace, string Package)[] Origins =
    [
        ("Azure.Messaging.ServiceBus", "Azure.Messaging.ServiceBus"),
        ("Azure.Storage.Blobs", "Azure.Storage.Blobs"),
        ("Azure.Storage.Queues", "Azure.Storage.Queues"),
        ("Microsoft.Azure.Functions.Worker", "Microsoft.Azure.Functions.Worker"),
        ("Microsoft.Azure.Functions.Worker.OpenTelemetry", "Microsoft.Azure.Functions.Worker.OpenTelemetry"),
        ("DurableTask.Core", "Microsoft.Azure.Functions.Worker.Extensions.DurableTask"),             // it builds on Microsoft.Azure.DurableTask.Core
        ("Microsoft.DurableTask", "Microsoft.Azure.Functions.Worker.Extensions.DurableTask"),
        ("Grpc.Core", "Microsoft.Azure.Functions.Worker.Extensions.DurableTask"),                    // by Microsoft.DurableTask.Client.Grpc, Grpc.Net.Client, Grpc.Core.Api
        ("Microsoft.Extensions.Hosting", "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore"),
        ("Stripe", "Stripe.net"),
        ("SendGrid", "SendGrid"),
    ];

    [Fact]
    public async Task Both_builds_compile_the_same_files()
    {
        foreach (var project in Projects)
        {
            var (local, azure) = (await EvaluateAsync(project, "Local"), await EvaluateAsync(project, "Azure"));

            Assert.NotEmpty(azure.Items("Compile"));
            Assert.Equal(local.Items("Compile"), azure.Items("Compile"));
            Assert.Equal(local.Items("EmbeddedResource"), azure.Items("EmbeddedResource"));
            Assert.Equal(local.Items("None"), azure.Items("None"));
            Assert.DoesNotContain(azure.Items("Compile").Concat(azure.Items("ProjectReference")), path => path.Contains("local/", StringComparison.Ordinal));
            Assert.DoesNotContain(azure.Items("Reference"), path => path.Contains('/'));
        }
    }

    [Fact]
    public async Task The_packages_of_the_Azure_build_are_those_of_the_local_one_and_the_originals_of_the_stand_ins()
    {
        foreach (var project in Projects)
        {
            var (local, azure) = (await EvaluateAsync(project, "Local"), await EvaluateAsync(project, "Azure"));

            Assert.Empty(local.Items("PackageReference").Except(azure.Items("PackageReference")));
            Assert.All(azure.Items("PackageReference"), package => Assert.Contains(package, azure.Items("PackageVersion")));
            Assert.Equal(project == Projects[0], azure.Items("PackageReference").Contains("Microsoft.Azure.Functions.Worker.Sdk"));
        }
    }

    [Fact]
    public async Task Every_stand_in_that_the_code_uses_has_its_package_in_the_Azure_build()
    {
        var known = new List<string>();
        foreach (var project in Projects.Reverse())                                // shared, durable, functions: packages flow that way
        {
            known.AddRange((await EvaluateAsync(project, "Azure")).Items("PackageReference"));
            var used = StandInNamespaces(Path.GetFileNameWithoutExtension(project)).ToList();

            Assert.DoesNotContain(used, space => space.StartsWith("ToolboxAI.", StringComparison.Ordinal));
            Assert.All(used, space =>
            {
                var origin = Origins.Where(origin => space == origin.Namespace || space.StartsWith(origin.Namespace + ".", StringComparison.Ordinal)).MaxBy(origin => origin.Namespace.Length);
                Assert.True(origin.Package is not null, $"no package is known for {space}, which {project} uses");
                Assert.True(known.Exists(package => package == origin.Package || package.StartsWith(origin.Package + ".", StringComparison.Ordinal)), $"{project} uses {space} without {origin.Package}");
            });
        }
    }

    [Fact]
    public async Task The_application_is_what_the_Worker_SDK_wants()
    {
        var functions = await EvaluateAsync(Projects[0], "Azure");
        var hostFile = functions.Raw("None").Single(item => item.GetProperty("Filename").GetString() == "host");

        Assert.Equal("Exe", functions.Property("OutputType"));
        Assert.Equal("v4", functions.Property("AzureFunctionsVersion"));
        Assert.Equal("net10.0", functions.Property("TargetFramework"));
        Assert.Contains("Microsoft.AspNetCore.App", functions.Items("FrameworkReference"));
        Assert.Equal(("host.json", "PreserveNewest"), (hostFile.GetProperty("Link").GetString(), hostFile.GetProperty("CopyToPublishDirectory").GetString()));
        Assert.False(File.Exists(Path.Combine(Repository.Root, "functions", "host.json")), "a second host.json is NETSDK1152");
        Assert.DoesNotContain(functions.Raw("None"), item => item.GetProperty("Filename").GetString() == "local.settings.sample" && item.GetProperty("CopyToPublishDirectory").GetString() != "Never");
        foreach (var library in Projects[1..])
        {
            var evaluated = await EvaluateAsync(library, "Azure");
            Assert.Equal("Library", evaluated.Property("OutputType"));
            Assert.DoesNotContain("true", evaluated.Property("DisableTransitiveProjectReferences"), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(evaluated.Raw("PackageReference"), item => item.GetProperty("Identity").GetString()!.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal) && item.TryGetProperty("PrivateAssets", out _));
        }
    }

    [Fact]
    public void The_host_s_file_holds_what_the_host_knows()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
        // learn.microsoft.com/azure/azure-functions/functions-host-json and the pages of the extensions
        string[] top = ["version", "telemetryMode", "extensions", "functionTimeout", "logging", "concurrency", "retry"];
        string[] extensions = ["http", "durableTask", "serviceBus", "blobs", "queues"];

        Assert.Equal("2.0", host.RootElement.GetProperty("version").GetString());
        Assert.Empty(host.RootElement.EnumerateObject().Select(property => property.Name).Except(top));
        Assert.Empty(host.RootElement.GetProperty("extensions").EnumerateObject().Select(property => property.Name).Except(extensions));
        Assert.False(host.RootElement.TryGetProperty("extensionBundle", out _), "a bundle is for languages without packages");
    }

    [Fact]
    public void The_versions_are_those_that_were_looked_up()
    {
        Assert.SkipWhen(Repository.Contracts is null, "../shared is absent.");
        var known = File.ReadAllText(Path.Combine(Repository.Contracts!, "..", "COMPONENTS.md"));
        known = known[known.IndexOf("## Versions for the `Azure` build", StringComparison.Ordinal)..];
        var azureOnly = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        azureOnly = azureOnly[azureOnly.IndexOf("Azure build only", StringComparison.Ordinal)..];
        var pinned = Regex.Matches(azureOnly, "Include=\"([^\"]+)\" Version=\"([^\"]+)\"").ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        Assert.NotEmpty(pinned);
        Assert.All(pinned.Where(package => package.Key != "Azure.Storage.Queues"), package => Assert.Contains(package.Value, known));
    }

    /// <summary>Namespaces of the types that an assembly takes from a stand-in.</summary>
    private static IEnumerable<string> StandInNamespaces(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Where(type => type.ResolutionScope.Kind == HandleKind.AssemblyReference
                && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name).StartsWith("ToolboxAI.Local.", StringComparison.Ordinal))
            .Select(type => metadata.GetString(type.Namespace)).Distinct()];
    }

    private static async Task<Evaluated> EvaluateAsync(string project, string runtime)
    {
        Assert.SkipUnless(typeof(AzureBuildTests).Assembly.Location.Contains($"{Path.DirectorySeparatorChar}Local{Path.DirectorySeparatorChar}", StringComparison.Ordinal), "This compares with the Local build.");
        using var msbuild = Process.Start(new ProcessStartInfo("dotnet",
            ["msbuild", project, "-nologo", $"-p:FunctionsRuntime={runtime}", "-getItem:Compile,EmbeddedResource,None,Reference,ProjectReference,PackageReference,PackageVersion,FrameworkReference",
            "-getProperty:OutputType,AzureFunctionsVersion,TargetFramework,DisableTransitiveProjectReferences"])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var json = await msbuild.StandardOutput.ReadToEndAsync();
        await msbuild.WaitForExitAsync();
        Assert.True(msbuild.ExitCode == 0, json);
        return new(JsonSerializer.Deserialize<JsonElement>(json));
    }

    private sealed record Evaluated(JsonElement Root)
    {
        public string Property(string name) => Root.GetProperty("Properties").GetProperty(name).GetString()!;

        public IEnumerable<JsonElement> Raw(string kind) => Root.GetProperty("Items").GetProperty(kind).EnumerateArray();

        public List<string> Items(string kind) => [.. Raw(kind).Select(item => item.GetProperty("Identity").GetString()!.Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }
}
