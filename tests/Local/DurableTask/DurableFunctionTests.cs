using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ToolboxAI.Tests.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Durable triggers in a function app.</summary>
public sealed class DurableFunctionTests
{
    [Fact]
    public async Task An_http_function_starts_an_orchestration_of_functions()
    {
        await using var app = await LocalApp.StartAsync(typeof(Greetings), typeof(Greet));

        var answer = await app.Client.PostAsync("api/greet/Ann", null, Engine.Soon);

        Assert.Equal("Hello Ann True 32 GreetOne;Hello Ann True 32 GreetOne", await answer.Content.ReadAsStringAsync(Engine.Soon));
    }

    [Fact]
    public async Task Events_and_entities_work_in_functions()
    {
        await using var app = await LocalApp.StartAsync(typeof(Greetings), typeof(Greet));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.WaitForName), Engine.Soon);
        await client.RaiseEventAsync(id, "NAME", "Eve", Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);

        Assert.Equal("Eve2", end.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(null, null, "2.0 2.0")]
    [InlineData("1.0", "", "1.0 ")]
    [InlineData("", "2.0", " 2.0")]
    [InlineData("3.0", null, "VersionMismatch")]
    public async Task Host_json_names_the_version_of_what_starts_without_one_and_the_newest_that_is_run(string? version, string? child, string expected)
    {
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.Configuration["AzureFunctionsJobHost:extensions:durableTask:defaultVersion"] = "2.0";
                builder.Configuration["AzureFunctionsJobHost:extensions:durableTask:versionFailureStrategy"] = "Fail";
            },
            typeof(Versioned));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var start = new StartOrchestrationOptions { Version = version is null ? (TaskVersion?)null : new TaskVersion(version) };
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Versioned.TellVersions), child, start, Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);

        Assert.Equal(expected, end.FailureDetails?.ErrorType ?? end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Middleware_runs_around_orchestrators_and_may_await_after_them()
    {
        var calls = new List<string>();
        await using var app = await LocalApp.StartAsync(
            builder => builder.Use(next => async context =>
            {
                await next(context);
                await Task.Yield();
                lock (calls)
                {
                    calls.Add(context.FunctionDefinition.Name);
                }
            }),
            typeof(Greetings),
            typeof(Greet));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.GreetAll), new Greetings.Input("Bo", 1), Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(["GreetOne", "GreetAll"], calls);
    }

    [Theory]
    [InlineData(nameof(Greetings.SleepsInside), false)]
    [InlineData(nameof(Greetings.GreetAll), true)]
    public async Task A_real_await_before_or_in_an_orchestrator_fails_it(string orchestrator, bool inMiddleware)
    {
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                if (inMiddleware)
                {
                    builder.Use(next => async context =>
                    {
                        await Task.Delay(10);
                        await next(context);
                    });
                }
            },
            typeof(Greetings),
            typeof(Greet));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, new Greetings.Input("Bo", 1), Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("An invalid asynchronous invocation was detected", end.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task Payloads_have_the_names_of_the_code_unless_the_application_says_otherwise()
    {
        Assert.Equal("""{"Name":"Bo","Times":0}""", await SerializedInputAsync(_ => { }));
        Assert.Equal("""{"name":"Bo","times":0}""", await SerializedInputAsync(builder => builder.Services.Configure<JsonSerializerOptions>(
            json => json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase)));
    }

    [Fact]
    public async Task Classes_can_be_registered_beside_functions()
    {
        await using var app = await LocalApp.StartAsync(
            builder => builder.ConfigureDurableWorker().AddTasks(tasks => tasks.AddOrchestratorFunc<string, string>("Echo", (_, text) => text + text)),
            typeof(Greetings),
            typeof(Greet));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Echo", "o", Engine.Soon);

        Assert.Equal("oo", (await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_hub_that_can_t_be_joined_at_the_start_is_tried_until_it_can_be()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var engine = await Engine.OnPostgresAsync(database, _ => { }))
        {
            Assert.Null(await engine.Client.GetInstanceAsync("nobody", Engine.Soon));       // the tables are there now
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await ExecuteAsync(source, """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'nobody joins now'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON durable.workers FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        var log = new LogLines();
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.Configuration["ToolboxLocal:Database"] = database.ConnectionString;
                builder.Logging.AddProvider(log);
            },
            typeof(Greetings),
            typeof(Greet));
        await Eventually.True(() => log.All.Any(line => line.Contains("The work of the task hub") && line.Contains("nobody joins now")));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.GreetAll), new Greetings.Input("Bo", 1), Engine.Soon);

        await ExecuteAsync(source, "DROP TRIGGER refuse ON durable.workers");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.WaitForInstanceCompletionAsync(id, Engine.Soon)).RuntimeStatus);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> SerializedInputAsync(Action<FunctionsApplicationBuilder> configure)
    {
        await using var app = await LocalApp.StartAsync(configure, typeof(Greetings), typeof(Greet));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.GreetAll), new Greetings.Input("Bo", 0), Engine.Soon);
        return (await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon)).SerializedInput;
    }
}
