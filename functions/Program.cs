using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolboxAI.Functions.Http;
using ToolboxAI.Functions.Identity;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Identity;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddRequestPipeline();

builder.Services
    .AddData()
    .AddIdentity()
    .AddEmail()
    .AddBilling()
    .AddOperations();

using var host = builder.Build();
if (args.Contains(CreateOperatorKey.Option))
{
    return await CreateOperatorKey.Run(host.Services, Console.Out, Console.Error);
}

try
{
    await host.RunAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    Console.Error.WriteLine($"The application can't start: {string.Join(" ", e.Failures)}");
    return 1;
}
