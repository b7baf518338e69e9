using ToolboxAI.Tests.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks -- webhooks [events]
if (args is ["webhooks", .. var rest])
{
    return await WebhookBenchmark.Run(rest is [var count, ..] ? int.Parse(count) : 2_000);
}

await Console.Error.WriteLineAsync("Say which: webhooks [events]");
return 2;
