using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolboxAI.Functions.Http;
using ToolboxAI.Functions.Identity;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Functions.Secrets;
using ToolboxAI.Functions.Telemetry;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddRequestPipeline();
builder.AddTelemetry();

builder.Services
    .AddData()
    .AddSecrets()
    .AddIdentity()
    .AddEmail()
    .AddBilling()
    .AddDeployments()
    .AddOperations();

using var host = builder.Build();
try
{
    if (args.Contains(CreateOperatorKey.Option))
    {
        return await CreateOperatorKey.Run(host.Services, args, Console.Out, Console.Error);
    }

    if (args.Contains(ReplaceOperatorKey.Option))
    {
        return await ReplaceOperatorKey.Run(host.Services, args, Console.Out, Console.Error);
    }

    if (args.Contains(SetSecret.Option))
    {
        return await SetSecret.Run(host.Services, args, Console.In, Console.Out, Console.Error);
    }
}
catch (OptionsValidationException e)
{
    Console.Error.WriteLine($"The application can't start: {string.Join(" ", e.Failures)}");
    return 1;
}

if (await StartupChecks.Problems(host.Services, CancellationToken.None) is { Count: > 0 } problems)
{
    Console.Error.WriteLine(StartupChecks.Message(problems));
    return 1;
}

host.StartTelemetry();
await host.RunAsync();
return 0;
