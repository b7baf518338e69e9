using System.Text.RegularExpressions;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Bicep;
using ToolboxAI.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ToolboxAI.Tests.Deployment;

/// <summary>The pipelines under .github, azure.yaml and the guide to them.</summary>
public sealed class WorkflowTests
{
    private const string WithoutApprovers = "${{ inputs.automatic && format('{0}-rollback', inputs.environment) || inputs.environment }}";
    private static readonly string Guide = Read("docs/guides/deploy.md");

    [Fact]
    public void The_workflows_keep_the_rules()
    {
        var all = Workflow.All();

        Assert.Equal(["ci.yml", "deploy.yml", "environment.yml", "operator-key.yml", "rollback.yml"], all.Select(workflow => Path.GetFileName(workflow.Path)));
        Assert.Equal([], all.SelectMany(workflow => WorkflowRules.Check(workflow, all, Guide, Outputs())));
    }

    /// <summary>File, what stands there, what is put in its place, what is said.</summary>
    public static TheoryData<string, string, string, string> Faults { get; } = new()
    {
        { "environment.yml", "client-id: ${{ vars.AZURE_CLIENT_ID }}", "creds: ${{ secrets.AZURE_CREDENTIALS }}", "the stored secret AZURE_CREDENTIALS is used" },
        { "environment.yml", "  id-token: write\n", "", "plan signs in without the right id-token: write" },
        { "rollback.yml", $"    environment: {WithoutApprovers}\n", "", "publish signs in outside an environment" },
        { "rollback.yml", WithoutApprovers, "${{ inputs.environment }}", "publish waits for approvers after a failure" },
        { "environment.yml", "}}-plan", "}}-look", "does not name the environments -look" },
        { "deploy.yml", "  contents: read", "  contents: write", "its token may do more than it must" },
        { "deploy.yml", "vars.STAGING_RUNNER", "vars.STAGING_RUNER", "does not name the variable STAGING_RUNER" },
        { "deploy.yml", "needs: staging", "needs: stagin", "production needs stagin, which is no job" },
        { "deploy.yml", "workflows/environment.yml", "workflows/environments.yml", "which cannot be called" },
        { "deploy.yml", "      environment: production\n", "", "with a wrong or without the input environment" },
        { "environment.yml", ".github/scripts/smoke.sh", ".github/scripts/smok.sh", "there is no file .github/scripts/smok.sh" },
        { "environment.yml", "bicep/main.bicep", "bicep/mian.bicep", "there is no file bicep/mian.bicep" },
        { "environment.yml", "  DATABASE_ADMIN_NAME: ${{ vars.DATABASE_ADMIN_NAME }}\n", "", "apply runs .github/scripts/migrate.sh without DATABASE_ADMIN_NAME" },
        { "environment.yml", "needs.apply.outputs.functionAppHostName", "needs.apply.outputs.host", "the job apply has no output host" },
        { "environment.yml", "steps.infrastructure.", "steps.infra.", "there is no step infra" },
        { "ci.yml", "actions/checkout@v4", "actions/checkout", "uses actions/checkout without a version" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_planted_fault_is_found(string file, string before, string after, string message)
    {
        var all = Workflow.All();
        var workflow = all.Single(one => one.Path.EndsWith("/" + file, StringComparison.Ordinal));
        Assert.Contains(before, workflow.Text);

        var broken = WorkflowRules.Check(new Workflow(workflow.Path, workflow.Text.Replace(before, after)), all, Guide, Outputs()).ToList();

        Assert.True(broken.Exists(line => line.Contains(message, StringComparison.Ordinal)), string.Join('\n', broken));
    }

    [Fact]
    public void An_environment_is_deployed_in_the_right_order()
    {
        var all = Workflow.All().ToDictionary(workflow => Path.GetFileNameWithoutExtension(workflow.Path));
        var deploy = all["deploy"].Jobs;
        var environment = all["environment"].Jobs;
        var steps = Workflow.Steps(environment["apply"]).Select(step => Workflow.Find(step, "name")).OfType<string>();

        Assert.Equal("build", Workflow.Many(deploy["staging"], "needs").Single());
        Assert.Equal("staging", Workflow.Many(deploy["production"], "needs").Single());
        Assert.Equal("plan", Workflow.Many(environment["apply"], "needs").Single());
        Assert.Equal(["Infrastructure", "Database", "First key", "Code", "Smoke test"], steps);
        Assert.Equal("apply", Workflow.Many(environment["watch"], "needs").Single());
        Assert.Contains("what-if --validation-level ProviderNoRbac", all["environment"].Text);      // it plans without the right to write
        Assert.Contains(Workflow.Steps(environment["watch"]), step => Workflow.Find(step, "run") == ".github/scripts/watch.sh");
        Assert.Equal(["apply", "watch"], Workflow.Many(environment["rollback"], "needs"));
        Assert.Equal(["environment"], Workflow.Map(environment["rollback"], "with").Children.Keys.Select(Workflow.Scalar));        // neither a run nor that a person asks
        Assert.Contains("needs.apply.outputs.codeBegun == 'true'", Workflow.Find(environment["rollback"], "if"));
        Assert.DoesNotContain("automatic", Workflow.Map((YamlMappingNode)all["rollback"].Triggers["workflow_dispatch"], "inputs").Children.Keys.Select(Workflow.Scalar));
        Assert.Contains(Workflow.Steps(all["rollback"].Jobs["publish"]), step => Workflow.Find(step, "run")?.Contains(".github/scripts/previous-run.sh", StringComparison.Ordinal) == true);
        Assert.Equal(["bash .ci/run", "dotnet publish functions -c Release -p:FunctionsRuntime=Azure -o published"], Workflow.Steps(deploy["build"]).Select(step => Workflow.Find(step, "run")).OfType<string>().Take(2));
    }

    [Fact]
    public void Every_variable_that_a_parameter_file_reads_is_set_by_the_pipeline()
    {
        var environment = Workflow.All().Single(workflow => workflow.Path.EndsWith("/environment.yml", StringComparison.Ordinal));
        var set = environment.Variables(environment.Jobs["apply"]).ToHashSet();
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "bicep"), "*.bicepparam")
            .SelectMany(path => Regex.Matches(File.ReadAllText(path), @"readEnvironmentVariable\('(\w+)'(?:, (.*?))?\)")).ToList();
        var needed = read.Where(variable => !variable.Groups[2].Success).Select(variable => variable.Groups[1].Value).ToHashSet();

        Assert.Empty(read.Select(variable => variable.Groups[1].Value).Except(set));
        Assert.Equal(needed.Order(), Regex.Match(Read(".github/scripts/check-variables.sh"), "for name in (.*); do").Groups[1].Value.Split(' ').Order());
        Assert.All(read.Where(variable => variable.Groups[2].Success), variable => Assert.Equal("''", variable.Groups[2].Value));     // what the pipeline passes of a variable that nobody set
        Assert.All(needed, variable => Assert.Contains($"`{variable}`", Guide));
    }

    [Fact]
    public void What_azd_is_told_is_there()
    {
        var azure = Workflow.Parse(Read("azure.yaml"));
        var infra = Workflow.Map(azure, "infra");
        var service = Workflow.Map(Workflow.Map(azure, "services"), "functions");
        var hooks = Workflow.Map(azure, "hooks").Children.Values.Select(hook => Workflow.Find((YamlMappingNode)hook, "run")!);

        Assert.True(File.Exists(Path.Combine(Repository.Root, Workflow.Find(infra, "path")!, Workflow.Find(infra, "module") + ".bicepparam")));
        Assert.True(File.Exists(Path.Combine(Repository.Root, Workflow.Find(service, "project")!, "ToolboxAI.Functions.csproj")));
        Assert.All(hooks, hook => Assert.True(File.Exists(Path.Combine(Repository.Root, hook)), hook));
        Assert.Contains("'azd-service-name': 'functions'", Read("bicep/modules/function-app.bicep"));
        Assert.Contains("'azd-env-name': environmentName", Read("bicep/main.bicep"));
    }

    [Fact]
    public void The_guide_names_every_secret_and_every_webhook_of_the_code()
    {
        var routes = CodeFacts.Read().Routes.Where(route => route.Contains("webhooks", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(routes);
        Assert.All(SecretCatalogue.All.Where(secret => secret.Name != SecretNames.DatabaseLogin), secret => Assert.Contains($"`{secret.Name}`", Guide));   // that one is a self-hosted database's
        Assert.All(routes, route => Assert.Contains($"https://HOST{route}`", Guide));
    }

    [Fact]
    public void The_guide_s_links_and_files_exist()
    {
        var named = Regex.Matches(Guide, @"\]\((?!http)([^)#]+)[^)]*\)").Select(link => Path.Combine(Repository.Root, "docs", "guides", link.Groups[1].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(File.Exists(path) || Directory.Exists(path), path));
    }

    private static HashSet<string> Outputs() => [.. Regex.Matches(Read("bicep/main.bicep"), @"^output (\w+)", RegexOptions.Multiline).Select(output => output.Groups[1].Value)];

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}
