using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>The worker that a plain host runs.</summary>
internal sealed class HubWorker : DurableTaskWorker
{
    private readonly Func<Task<Hub>> open;
    private readonly RegistryTaskHost host;
    private readonly CancellationTokenSource aborting = new();

    public HubWorker(
        string name,
        DurableTaskFactory factory,
        IServiceProvider services,
        IOptionsMonitor<HubOptions> hub,
        IOptionsMonitor<DurableTaskWorkerOptions> options)
        : base(name, factory)
    {
        open = () => hub.Get(name).OpenAsync(services);
        ExceptionPropertiesProvider = services.GetService<IExceptionPropertiesProvider>();
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        host = new RegistryTaskHost(factory, services, new TaskHostSettings(options.Get(name), loggers) { ExceptionProperties = ExceptionPropertiesProvider });
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var abort = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), aborting);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        aborting.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hub = await open().ConfigureAwait(false);
        await new Dispatcher(hub, host).RunAsync(stoppingToken, aborting.Token).ConfigureAwait(false);
    }
}
