using System.Text.RegularExpressions;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Bicep;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>What the guide tells a newcomer to type is there.</summary>
public sealed partial class GuideTests
{
    private static readonly string Guide = Read("docs/guides/deploy.md");

    [Fact]
    public void It_names_every_secret_that_the_application_needs_on_Azure() =>
        Assert.Equal(
            SecretCatalogue.All.Select(kind => kind.Name).Where(name => name != SecretNames.DatabaseLogin).Order(),
            SecretRow().Matches(Guide).SelectMany(row => row.Groups["name"].Captures.Select(name => name.Value)).Order());

    [Fact]
    public async Task Its_commands_ask_for_outputs_that_there_are()
    {
        var folder = await BicepTemplate.ReadAsync();
        var asked = Output().Matches(Guide).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(folder.Main.Of("output").Select(output => output.Name)));
    }

    [Fact]
    public void The_first_deployment_by_hand_sets_every_variable_that_staging_reads()
    {
        var read = Variable().Matches(Read("bicep/staging.bicepparam")).Select(match => (Name: match.Groups["name"].Value, IsOptional: match.Groups["otherwise"].Success)).ToList();
        var exported = Export().Match(Guide).Groups["name"].Captures.Select(name => name.Value).ToList();

        Assert.NotEmpty(exported);
        Assert.Empty(read.Where(variable => !variable.IsOptional).Select(variable => variable.Name).Except(exported));
        Assert.Empty(exported.Except(read.Select(variable => variable.Name)));
    }

    [Fact]
    public void A_developer_s_own_environment_sets_every_variable_that_dev_reads()
    {
        var read = Variable().Matches(Read("bicep/dev.bicepparam")).Select(match => (Name: match.Groups["name"].Value, IsOptional: match.Groups["otherwise"].Success)).ToList();
        var set = Set().Matches(Guide).Select(match => match.Groups["name"].Value).ToList();

        Assert.Empty(read.Where(variable => !variable.IsOptional).Select(variable => variable.Name).Except(set));
        Assert.Empty(set.Except(read.Select(variable => variable.Name)));
    }

    [Fact]
    public void The_files_that_it_names_exist() =>
        Assert.All(FileName().Matches(Guide).Select(match => match.Value), name => Assert.True(File.Exists(Path.Combine(Repository.Root, name)), name));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex("^\\| (`(?<name>[a-z-]+)`(, )?)+ \\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretRow();

    [GeneratedRegex(@"properties\.outputs\.(?<name>\w+)\.value", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Output();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>\w+)'(?<otherwise>,)?", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("^export( (?<name>[A-Z_]+)=…)+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Export();

    [GeneratedRegex("^azd env set (?<name>[A-Z_]+) ", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Set();

    [GeneratedRegex(@"(?<![\w/.])(bicep|\.github/scripts)/[\w./-]*\w\.(sh|bicep|bicepparam)\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();
}
