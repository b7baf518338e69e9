using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class MetadataSamples
{
    [Function("Http")]
    public static IResult Http([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "things/{id:int}")] HttpRequest _, int id) => Results.Json(id);

    [Function("Queue")]
    [ServiceBusOutput("out", Connection = "Bus")]
    public static string Queue([ServiceBusTrigger("%In%", Connection = "Bus", IsBatched = true, AutoCompleteMessages = false)] string[] texts) => texts[0];

    [Function("Clock")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public static void Clock([TimerTrigger("0 0 * * * *", RunOnStartup = true)] TimerInfo _)
    {
    }
}

public sealed class Overloads
{
    [Function("Overloaded")]
    public static void Run([TimerTrigger("0 0 * * * *")] TimerInfo _) => Run();

    public static void Run()
    {
    }

    public sealed class Inner
    {
        [Function("Nested")]
        public static void Run([TimerTrigger("0 0 * * * *")] TimerInfo _)
        {
        }
    }
}

public sealed class SameNames
{
    [Function("http")]
    public static void Run([TimerTrigger("0 0 * * * *")] TimerInfo _)
    {
    }
}

public sealed class TwoTriggers
{
    [Function("Two")]
    public static void Run([TimerTrigger("0 0 * * * *")] TimerInfo _, [QueueTrigger("q")] string text) => ArgumentNullException.ThrowIfNull(text);
}

public sealed class FunctionsMetadataTests
{
    [Fact]
    public void The_metadata_say_what_the_attributes_state()
    {
        var json = FunctionsMetadata.Write(FunctionDiscovery.Discover([typeof(MetadataSamples)]));
        var functions = JsonDocument.Parse(json).RootElement.EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.Equal(["Clock", "Http", "Queue"], functions.Keys);
        Assert.Equal("ToolboxAI.Tests.Local.dll", functions["Http"].GetProperty("scriptFile").GetString());
        Assert.Equal("ToolboxAI.Tests.Local.Functions.MetadataSamples.Http", functions["Http"].GetProperty("entryPoint").GetString());
        Same("""
            [{"name":"_","direction":"In","type":"httpTrigger","authLevel":"Anonymous","methods":["get","post"],"route":"things/{id:int}"},
             {"name":"$return","direction":"Out","type":"http"}]
            """, functions["Http"].GetProperty("bindings"));
        Same("""
            [{"name":"texts","direction":"In","type":"serviceBusTrigger","queueName":"%In%","connection":"Bus","autoCompleteMessages":false,"cardinality":"Many"},
             {"name":"$return","direction":"Out","type":"serviceBus","queueOrTopicName":"out","entityType":"Queue","connection":"Bus"}]
            """, functions["Queue"].GetProperty("bindings"));
        Same("""[{"name":"_","direction":"In","type":"timerTrigger","useMonitor":true,"schedule":"0 0 * * * *","runOnStartup":true}]""",
            functions["Clock"].GetProperty("bindings"));
        Same("""{"strategy":"exponentialBackoff","maxRetryCount":-1,"minimumInterval":"00:00:01","maximumInterval":"00:01:00"}""",
            functions["Clock"].GetProperty("retry"));
    }

    [Fact]
    public void Names_are_unique_without_regard_to_case() =>
        Assert.Throws<InvalidOperationException>(() => FunctionDiscovery.Discover([typeof(MetadataSamples), typeof(SameNames)]));

    [Fact]
    public void A_function_has_one_trigger() =>
        Assert.Throws<InvalidOperationException>(() => FunctionDiscovery.Discover([typeof(TwoTriggers)]));

    [Fact]
    public void Ids_stay_the_same_from_start_to_start() => Assert.Equal(
        FunctionDiscovery.Discover([typeof(MetadataSamples)]).Select(f => f.Id), FunctionDiscovery.Discover([typeof(MetadataSamples)]).Select(f => f.Id));

    [Fact]
    public async Task Nested_classes_and_overloads_are_listed_and_fail_when_called()
    {
        await using var app = await LocalApp.StartAsync(typeof(Overloads), typeof(Overloads.Inner));
        var invoker = (FunctionInvoker)app.Host.Services.GetService(typeof(FunctionInvoker))!;
        foreach (var function in ((FunctionCatalog)app.Host.Services.GetService(typeof(FunctionCatalog))!).Functions)
        {
            var result = await invoker.InvokeAsync(function, new TimerInfo());
            Assert.IsType<InvalidOperationException>(result.Exception);
        }
    }

    private static void Same(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, actual), actual.GetRawText());
}
