namespace ToolboxAI.Tests.Deployment;

/// <summary>What the pipeline's scripts do, with doubles of the commands that reach Azure and GitHub.</summary>
public sealed class ScriptTests
{
    private static readonly Dictionary<string, string> Host = new() { ["functionAppHostName"] = "func.example" };

    [Fact]
    public async Task Every_variable_that_is_not_set_is_named_at_once()
    {
        using var run = new ScriptRun();

        var (bad, _, missing) = await run.RunAsync("check-variables.sh", new Dictionary<string, string> { ["AZURE_LOCATION"] = "swedencentral", ["MAIL_SENDER"] = "" });
        var (good, _, _) = await run.RunAsync("check-variables.sh", "AZURE_LOCATION BACKUP_LOCATION OWNER COST_CENTER ALERT_EMAILS BUDGET_START MAIL_SENDER MAIL_WEBHOOK_PUBLIC_KEY DATABASE_ADMIN_OBJECT_ID DATABASE_ADMIN_NAME".Split(' ').ToDictionary(name => name, _ => "given"));

        Assert.Equal((1, 0), (bad, good));
        Assert.StartsWith("Not set: BACKUP_LOCATION OWNER COST_CENTER ALERT_EMAILS BUDGET_START MAIL_SENDER MAIL_WEBHOOK_PUBLIC_KEY DATABASE_ADMIN_OBJECT_ID DATABASE_ADMIN_NAME. docs/guides/deploy.md", missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_smoke_test_asks_for_life_readiness_and_the_description()
    {
        using var run = new ScriptRun().Double("curl", "exit 0").Double("sleep", "exit 0");

        var (code, output, _) = await run.RunAsync("smoke.sh", Host);

        Assert.Equal(0, code);
        Assert.Equal(["health/live", "health/ready", "v1/openapi.json"], run.Calls.Select(call => call[(call.IndexOf("/api/", StringComparison.Ordinal) + 5)..]));
        Assert.Contains("https://func.example/api/health/ready answers.", output);
    }

    [Fact]
    public async Task An_application_that_does_not_get_ready_fails_the_smoke_test_in_the_end()
    {
        using var run = new ScriptRun().Double("curl", "case \"$*\" in *live*) exit 0;; esac; exit 22").Double("sleep", "exit 0");

        var (code, _, error) = await run.RunAsync("smoke.sh", Host);

        Assert.Equal(1, code);
        Assert.Contains("https://func.example/api/health/ready does not answer as it should.", error);
        Assert.Equal(29, run.Calls.Count(call => call == "sleep 10"));
    }

    [Theory, InlineData("exit 0", 0, 10), InlineData("exit 22", 1, 3), InlineData("n=$(wc -l < \"$(dirname \"$0\")/calls.log\"); [ $((n % 3)) = 1 ]", 0, 10)]
    public async Task Ten_minutes_of_watching_end_early_only_after_three_bad_looks_in_a_row(string curl, int code, int looks)
    {
        using var run = new ScriptRun().Double("curl", curl).Double("sleep", "exit 0");

        var (ended, _, _) = await run.RunAsync("watch.sh", Host);

        Assert.Equal((code, looks), (ended, run.Calls.Count(call => call.StartsWith("curl", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_package_is_published_to_the_function_app_of_the_environment()
    {
        using var run = new ScriptRun().Double("az", "exit 0");
        var environment = new Dictionary<string, string> { ["resourceGroupName"] = "rg-1", ["functionAppName"] = "func-1" };

        var (code, _, _) = await run.RunAsync("publish.sh", environment, "package.zip");
        var (without, _, usage) = await run.RunAsync("publish.sh", environment);

        Assert.Equal((0, 2), (code, without));
        Assert.Equal(["az functionapp deployment source config-zip --resource-group rg-1 --name func-1 --src package.zip --output none"], run.Calls);
        Assert.Contains("usage", usage);
    }

    [Theory]
    [InlineData("", "abc", 0, "--create-operator-key abc")]
    [InlineData("key_1", "abc", 0, "--replace-operator-key key_1 abc")]
    [InlineData("key_1", "", 2, null)]                            // the new secret would stand in the log
    public async Task The_pipeline_makes_and_replaces_an_operator_s_key_by_hashes_only(string old, string hash, int code, string? options)
    {
        using var run = new ScriptRun().Double("dotnet", "exit 0");

        var (ended, _, _) = await run.RunAsync("operator-key.sh", new Dictionary<string, string>
        {
            ["databaseHostName"] = "db.example",
            ["keyVaultName"] = "kv-1",
            ["DATABASE_ADMIN_NAME"] = "pipeline",
            ["GITHUB_ACTIONS"] = "true",
            ["OLD_OPERATOR_KEY"] = old,
            ["OPERATOR_KEY_SHA256"] = hash,
        });

        Assert.Equal(code, ended);
        Assert.Equal(options is null ? [] : new[] { $"dotnet run --project functions --no-launch-profile -- {options}" }, run.Calls);
    }

    /// <summary>Which run this is part of (0 for none), the runs of deploy.yml (newest first, + for a success, - for a failure, . for one that goes on), the one whose package is published.</summary>
    [Theory]
    [InlineData(0, "5+ 4+ 3+", "4")]          // a person takes back a deployment that succeeded
    [InlineData(0, "6. 5+ 4- 3+", "3")]       // while the next one runs
    [InlineData(0, "6- 5+ 4+ 3+", "4")]       // after one that failed before anything was published
    [InlineData(5, "5. 4+ 3+", "4")]          // a deployment that failed takes itself back
    [InlineData(5, "6. 5. 4- 3+", "3")]       // while the next one waits
    [InlineData(0, "5+ 4-", null)]
    [InlineData(0, "", null)]
    public async Task A_rollback_publishes_the_package_of_the_deployment_before(int current, string runs, string? expected)
    {
        using var run = new ScriptRun().Needs("jq");
        var list = runs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => $$"""{"databaseId":{{one[..^1]}},"status":"{{(one[^1] == '.' ? "in_progress" : "completed")}}","conclusion":"{{(one[^1] == '+' ? "success" : one[^1] == '-' ? "failure" : "")}}"}""");
        run.Double("gh", $"echo '[{string.Join(',', list)}]'");

        var (code, output, error) = await run.RunAsync("previous-run.sh", current == 0 ? new Dictionary<string, string>() : new() { ["GITHUB_RUN_ID"] = $"{current}" });

        Assert.Equal((expected is null ? 1 : 0, expected ?? ""), (code, output.Trim()));
        Assert.Equal(expected is null, error.Contains("no earlier successful deployment", StringComparison.Ordinal));
    }
}
