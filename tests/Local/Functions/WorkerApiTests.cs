using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Tests.Local.Functions;

[InputConverter(typeof(MoneyConverter))]
public sealed record Money(int Cents);

public sealed record Shouted(string Text);

/// <summary>Of a type: what stands in the source is euros.</summary>
public sealed class MoneyConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => new(
        int.TryParse(context.Source as string, out var euros) ? ConversionResult.Success(new Money(euros * 100))
        : ConversionResult.Failed(new FormatException($"'{context.Source}' is no amount.")));
}

/// <summary>Of one parameter.</summary>
public sealed class ReverseConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(ConversionResult.Success(string.Concat(((string)context.Source!).Reverse())));
}

/// <summary>Of the application, asked before the worker's own.</summary>
public sealed class ShoutConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => new(context.TargetType == typeof(Shouted)
        ? ConversionResult.Success(new Shouted($"{context.Source}!".ToUpperInvariant()))
        : ConversionResult.Unhandled());
}

public sealed record Visit(string Note);

public sealed class Scoped
{
    public Guid Id { get; } = Guid.NewGuid();
}

/// <summary>Leaves something for the function in every place that the context has.</summary>
public sealed class LeavesNotes(TimeProvider clock) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        context.Items["note"] = $"item {clock.GetUtcNow() > DateTimeOffset.UnixEpoch}";
        context.Features.Set(new Visit("feature"));
        context.Items["scope"] = context.InstanceServices.GetRequiredService<Scoped>();
        return next(context);
    }
}

public sealed class WorkerApiSamples(Scoped scoped)
{
    [Function("Converts")]
    public static IResult Converts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "converts/{price}/{word}/{text}")] HttpRequest _,
        Money price,
        [InputConverter(typeof(ReverseConverter))] string word,
        Shouted text) => Results.Text($"{price.Cents} {word} {text.Text}");

    [Function("Reads")]
    public IResult Reads(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "reads/{name}")] HttpRequest http, FunctionContext context, CancellationToken cancellationToken) =>
        Results.Json(new
        {
            item = context.Items["note"],
            feature = context.Features.Get<Visit>()!.Note,
            sameScope = ReferenceEquals(context.Items["scope"], scoped) && ReferenceEquals(scoped, http.HttpContext.RequestServices.GetRequiredService<Scoped>()),
            name = context.BindingContext.BindingData["name"],
            query = context.BindingContext.BindingData["q"],
            retry = context.RetryContext is null,
            function = context.FunctionDefinition.Name,
            entry = context.FunctionDefinition.EntryPoint,
            id = context.FunctionId == context.FunctionDefinition.Id && Guid.TryParse(context.InvocationId, out _),
            cancels = context.CancellationToken.Equals(cancellationToken),
            parameters = context.FunctionDefinition.Parameters.Length,
            input = context.FunctionDefinition.InputBindings["http"].Type,
        });
}

/// <summary>Input converters and what the context of an invocation offers.</summary>
public sealed class WorkerApiTests
{
    [Fact]
    public async Task A_parameter_is_converted_by_its_own_converter_its_type_s_or_the_application_s()
    {
        await using var app = await StartAsync();
        Assert.Equal("1200 olleh HI!", await app.Client.GetStringAsync("/api/converts/12/hello/hi"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/api/converts/much/hello/hi")).StatusCode);
    }

    [Fact]
    public async Task Middleware_and_function_share_one_context_and_one_scope()
    {
        await using var app = await StartAsync();
        var expected = """
            {"item":"item True","feature":"feature","sameScope":true,"name":"Ann","query":"1","retry":true,"function":"Reads","entry":"ENTRY",
            "id":true,"cancels":true,"parameters":3,"input":"httpTrigger"}
            """;
        Assert.Equal(
            expected.Replace("\n", "").Replace("ENTRY", $"{typeof(WorkerApiSamples).FullName}.Reads"),
            await app.Client.GetStringAsync("/api/reads/Ann?q=1"));
    }

    private static Task<LocalApp> StartAsync() => LocalApp.StartAsync(
        builder =>
        {
            builder.Services.AddScoped<Scoped>();
            builder.Services.Configure<WorkerOptions>(options => options.InputConverters.RegisterAt<ShoutConverter>(0));
            builder.UseMiddleware<LeavesNotes>();
        },
        typeof(WorkerApiSamples));
}
