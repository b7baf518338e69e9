using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

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
        IOptionsMonitor<DurableTaskWorkerWorkItemFilters> filters,
        IOptionsMonitor<DurableTaskWorkerOptions> options)
        : base(name, factory)
    {
        open = () => hub.Get(name).OpenForWorkerAsync(services);
        ExceptionPropertiesProvider = services.GetService<IExceptionPropertiesProvider>();
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        host = new RegistryTaskHost(factory, services, new TaskHostSettings(Filtered(options.Get(name), services), loggers)
        {
            ExceptionProperties = ExceptionPropertiesProvider,
            Filter = WorkFilter.Of(filters.Get(name)),
        });
    }

#pragma warning disable CS0618 // experimental, as in the original
    private static DurableTaskWorkerOptions Filtered(DurableTaskWorkerOptions options, IServiceProvider services)
    {
        options.OrchestrationFilter ??= services.GetService<IOrchestrationFilter>();
        return options;
    }
#pragma warning restore CS0618

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
