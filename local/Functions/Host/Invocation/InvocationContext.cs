using System.Collections;
using System.Collections.ObjectModel;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>The context of one invocation.</summary>
internal sealed class InvocationContext : FunctionContext, IInvocationFeatures, IFunctionInputBindingFeature, IAsyncDisposable
{
    private readonly IServiceScopeFactory scopes;
    private readonly InputBinder binder;
    private Dictionary<Type, object>? features;
    private IDictionary<object, object>? items;
    private IServiceProvider? services;
    private AsyncServiceScope? scope;
    private FunctionInputBindingResult? bound;
    private InvocationData? bindingContext;

    public InvocationContext(IServiceScopeFactory scopes, InputBinder binder, LocalFunction function, object? triggerValue, IReadOnlyDictionary<string, object?>? bindingData, InvocationOptions options, CancellationToken cancellationToken)
    {
        this.scopes = scopes;
        this.binder = binder;
        Function = function;
        TriggerValue = triggerValue;
        BindingData = bindingData ?? ReadOnlyDictionary<string, object?>.Empty;
        Inputs = options.Inputs;
        InvocationId = options.InvocationId ?? Guid.NewGuid().ToString();
        RetryContext = options.MaxRetryCount is { } max ? new Attempt(options.RetryCount, max) : null!;
        TraceContext = new Trace(options.TraceParent ?? "", options.TraceState ?? "");
        CancellationToken = cancellationToken;
    }

    public LocalFunction Function { get; }

    /// <summary>What the trigger's parameter is bound to.</summary>
    public object? TriggerValue { get; }

    /// <summary>What other parameters are bound to, by name.</summary>
    public IReadOnlyDictionary<string, object?>? Inputs { get; }

    public IReadOnlyDictionary<string, object?> BindingData { get; }

    /// <summary>What the function returned, or what middleware put in its place.</summary>
    public object? Result { get; set; }

    /// <summary>The values of the output bindings, by name.</summary>
    public Dictionary<string, object?> Outputs { get; } = [];

    public override string InvocationId { get; }

    public override string FunctionId => Function.Id;

    public override TraceContext TraceContext { get; }

    public override BindingContext BindingContext => bindingContext ??= new(BindingData);

    public override RetryContext RetryContext { get; }

    public override FunctionDefinition FunctionDefinition => Function;

    public override IInvocationFeatures Features => this;

    public override CancellationToken CancellationToken { get; }

    public override IDictionary<object, object> Items
    {
        get => items ??= new Dictionary<object, object>();
        set => items = value;
    }

    public override IServiceProvider InstanceServices
    {
        get => services ??= (scope = scopes.CreateAsyncScope()).Value.ServiceProvider;
        set => services = value;
    }

    public T? Get<T>()
    {
        if (features is not null && features.TryGetValue(typeof(T), out var value))
        {
            return (T)value;
        }

        return typeof(T) == typeof(IFunctionInputBindingFeature) ? (T)(object)this : default;
    }

    public void Set<T>(T instance) => (features ??= [])[typeof(T)] = instance!;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        var all = new Dictionary<Type, object>(features ?? []);
        all.TryAdd(typeof(IFunctionInputBindingFeature), this);
        return all.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context) =>
        bound ??= new(await binder.BindAsync(this).ConfigureAwait(false));

    public object? Source(FunctionParameter parameter)
    {
        if (parameter.Name == Function.Trigger.Name)
        {
            return TriggerValue;
        }

        return Inputs is not null && Inputs.TryGetValue(parameter.Name, out var input) ? input : BindingData.GetValueOrDefault(parameter.Name);
    }

    public ValueTask DisposeAsync() => scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class InvocationData(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class Attempt(int count, int max) : RetryContext
    {
        public override int RetryCount => count;

        public override int MaxRetryCount => max;
    }

    private sealed class Trace(string parent, string state) : TraceContext
    {
        public override string TraceParent => parent;

        public override string TraceState => state;
    }
}
