using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ToolboxAI.Tests.Deployment;

/// <summary>What must hold of the workflows. Each rule gives a line for what breaks it.</summary>
public static partial class WorkflowRules
{
    /// <summary>All rules on one workflow.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="all">All workflows, which it may call.</param>
    /// <param name="guide">The guide to deployments, which names every variable.</param>
    /// <param name="outputs">The outputs of bicep/main.bicep.</param>
    public static IEnumerable<string> Check(Workflow workflow, IReadOnlyList<Workflow> all, string guide, IReadOnlySet<string> outputs) =>
        Credentials(workflow).Concat(Variables(workflow, guide)).Concat(Environments(workflow, all, guide)).Concat(Jobs(workflow, all)).Concat(Files(workflow)).Concat(Outputs(workflow))
            .Concat(workflow.Jobs.SelectMany(job => Scripts(workflow, job.Key, job.Value, outputs))).Select(broken => $"{workflow.Path}: {broken}");

    /// <summary>Nothing is stored: a token for minutes comes by OpenID Connect.</summary>
    private static IEnumerable<string> Credentials(Workflow workflow)
    {
        foreach (var secret in workflow.Uses("secrets"))
        {
            yield return $"the stored secret {secret} is used";
        }

        foreach (var (name, job) in workflow.Jobs)
        {
            foreach (var step in Workflow.Steps(job).Where(step => Workflow.Find(step, "uses")?.StartsWith("azure/login@", StringComparison.Ordinal) == true))
            {
                var with = Workflow.Map(step, "with");
                if (with.Children.Keys.Select(Workflow.Scalar).Except(["client-id", "tenant-id", "subscription-id"]).FirstOrDefault() is { } other)
                {
                    yield return $"{name} signs in with {other}";
                }

                if (workflow.Permissions.GetValueOrDefault("id-token") != "write")
                {
                    yield return $"{name} signs in without the right id-token: write";
                }

                if (Workflow.Find(job, "environment") is null)
                {
                    yield return $"{name} signs in outside an environment, whose approvers and variables it needs";
                }
            }
        }

        if (workflow.Permissions.Count == 0 || workflow.Permissions.Any(right => right.Value == "write" && right.Key != "id-token"))
        {
            yield return "its token may do more than it must";
        }
    }

    private static IEnumerable<string> Variables(Workflow workflow, string guide) =>
        from variable in workflow.Uses("vars")
        where !guide.Contains($"`{variable}`", StringComparison.Ordinal)
        select $"docs/guides/deploy.md does not name the variable {variable}";

    /// <summary>What runs after a failure waits for nobody; environments beside the protected ones are named by the guide, which says how to make them.</summary>
    private static IEnumerable<string> Environments(Workflow workflow, IReadOnlyList<Workflow> all, string guide)
    {
        var followsFailure = all.SelectMany(caller => caller.Jobs.Values)
            .Any(job => Workflow.Find(job, "uses") == "./" + workflow.Path && Workflow.Find(job, "if")?.Contains("failure", StringComparison.Ordinal) == true);
        foreach (var (name, job) in workflow.Jobs.Where(job => Workflow.Find(job.Value, "environment") is not null))
        {
            var environment = Workflow.Find(job, "environment")!;
            if (followsFailure && !environment.Contains("inputs.automatic && format('{0}-rollback', ", StringComparison.Ordinal))
            {
                yield return $"{name} waits for approvers after a failure";
            }

            foreach (var kind in EnvironmentKind().Matches(environment).Select(kind => kind.Value).Where(kind => !guide.Contains($"`production{kind}`", StringComparison.Ordinal)))
            {
                yield return $"docs/guides/deploy.md does not name the environments {kind}";
            }
        }
    }

    private static IEnumerable<string> Jobs(Workflow workflow, IReadOnlyList<Workflow> all)
    {
        foreach (var (name, job) in workflow.Jobs)
        {
            foreach (var unknown in Workflow.Many(job, "needs").Where(needed => !workflow.Jobs.ContainsKey(needed)))
            {
                yield return $"{name} needs {unknown}, which is no job";
            }

            if (Workflow.Find(job, "uses") is { } called)
            {
                var target = all.FirstOrDefault(other => "./" + other.Path == called);
                if (target is null || !target.Triggers.TryGetValue("workflow_call", out var call))
                {
                    yield return $"{name} calls {called}, which cannot be called";
                    continue;
                }

                var inputs = Workflow.Map((YamlMappingNode)call, "inputs").Children.ToDictionary(input => Workflow.Scalar(input.Key), input => (YamlMappingNode)input.Value);
                var given = Workflow.Map(job, "with").Children.Keys.Select(Workflow.Scalar).ToHashSet();
                foreach (var wrong in given.Except(inputs.Keys).Concat(inputs.Where(input => Workflow.Find(input.Value, "required") == "true").Select(input => input.Key).Except(given)))
                {
                    yield return $"{name} calls {called} with a wrong or without the input {wrong}";
                }
            }
            else if (Workflow.Find(job, "runs-on") is null || Workflow.Find(job, "timeout-minutes") is null)
            {
                yield return $"{name} says not where it runs or for how long";
            }

            foreach (var step in Workflow.Steps(job).Where(step => Workflow.Find(step, "uses") is { } action && !PinnedAction().IsMatch(action)))
            {
                yield return $"{name} uses {Workflow.Find(step, "uses")} without a version";
            }
        }

        foreach (var unknown in workflow.Uses("inputs").Where(input => !workflow.Triggers.Values.OfType<YamlMappingNode>().Any(trigger => Workflow.Map(trigger, "inputs").Children.ContainsKey(input))))
        {
            yield return $"there is no input {unknown}";
        }
    }

    /// <summary>Files that commands name exist, and scripts can be run.</summary>
    private static IEnumerable<string> Files(Workflow workflow)
    {
        foreach (Match named in NamedFile().Matches(workflow.Text))
        {
            var path = Path.Combine(Repository.Root, named.Value);
            if (!File.Exists(path))
            {
                yield return $"there is no file {named.Value}";
            }
            else if (named.Value.EndsWith(".sh", StringComparison.Ordinal) && !OperatingSystem.IsWindows() && !File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute))
            {
                yield return $"{named.Value} can't be run";
            }
        }
    }

    /// <summary>What a step or job takes from another is what that gives.</summary>
    private static IEnumerable<string> Outputs(Workflow workflow)
    {
        foreach (var name in workflow.Uses("needs").Select(name => name.Split('.')).Where(parts => parts is [_, "outputs", _]))
        {
            if (!workflow.Jobs.TryGetValue(name[0], out var job) || !Workflow.Map(job, "outputs").Children.ContainsKey(name[2]))
            {
                yield return $"the job {name[0]} has no output {name[2]}";
            }
        }

        var steps = workflow.Jobs.Values.SelectMany(Workflow.Steps).Select(step => Workflow.Find(step, "id")).ToHashSet();
        foreach (var step in workflow.Uses("steps").Select(name => name.Split('.')[0]).Where(step => !steps.Contains(step)))
        {
            yield return $"there is no step {step}";
        }
    }

    /// <summary>A script's variables (<c>${name:?…}</c>) are set where it runs: by the workflow, by the job, or as an output of the deployment before it.</summary>
    private static IEnumerable<string> Scripts(Workflow workflow, string name, YamlMappingNode job, IReadOnlySet<string> outputs)
    {
        var known = workflow.Variables(job).ToHashSet();
        foreach (var run in Workflow.Steps(job).Select(step => Workflow.Find(step, "run") ?? ""))
        {
            foreach (Match script in NamedFile().Matches(run).Where(file => file.Value.EndsWith(".sh", StringComparison.Ordinal) && File.Exists(Path.Combine(Repository.Root, file.Value))))
            {
                foreach (var missing in NeededVariable().Matches(File.ReadAllText(Path.Combine(Repository.Root, script.Value))).Select(needed => needed.Groups[1].Value).Where(needed => !known.Contains(needed)))
                {
                    yield return $"{name} runs {script.Value} without {missing}";
                }
            }

            if (run.Contains("GITHUB_ENV", StringComparison.Ordinal))
            {
                known.UnionWith(outputs);
            }
        }
    }

    [GeneratedRegex(@"^(\./.*|[\w./-]+@v\d+(\.\d+)*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedAction();

    [GeneratedRegex(@"\.(github|ci)/[\w./-]+|\bbicep/[\w/-]+\.(bicep|bicepparam|sql)\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"(?<=\})-[a-z]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnvironmentKind();

    [GeneratedRegex(@"\$\{([A-Za-z_]+):\?", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NeededVariable();
}
