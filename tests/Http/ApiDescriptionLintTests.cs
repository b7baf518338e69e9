using System.Diagnostics;
using ToolboxAI.Functions.Operations;

namespace ToolboxAI.Tests.Http;

public sealed class ApiDescriptionLintTests
{
    private const string Tool = "redocly";

    [Fact]
    public async Task A_linter_that_others_wrote_accepts_the_description()
    {
        var ct = TestContext.Current.CancellationToken;
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, Tool)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.Skip($"{Tool} is not installed: npm install --global @redocly/cli@2.77.0");
        }

        var folder = Directory.CreateTempSubdirectory("api-description-");
        try
        {
            var file = Path.Combine(folder.FullName, "openapi.json");
            await File.WriteAllTextAsync(file, ApiDescription.Of(typeof(ApiDescription).Assembly).ToJsonString(), ct);
            var start = new ProcessStartInfo(path, ["lint", "--extends", "recommended-strict", file])
            {
                UseShellExecute = false,
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["REDOCLY_TELEMETRY"] = "off" },
            };
            using var lint = Process.Start(start)!;
            var output = lint.StandardOutput.ReadToEndAsync(ct);
            var error = lint.StandardError.ReadToEndAsync(ct);
            await lint.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromMinutes(2), ct);
            Assert.True(lint.ExitCode == 0, await output + await error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
