using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>The context of one invocation.</summary>
internal sealed class InvocationContext : FunctionContext, IInvocationFeatures, IFunctionInputBindingFeature, IAsyncDisposable
{
    private readonly IServiceScopeFactory scopes;
    private readonly InputBinder binder;
    private (Type Type, object Value)[] features = [];       // a few: looked through faster than hashed
    private int featureCount;
    private IDictionary<object, object>? items;
    private IServiceProvider? services;
    private AsyncServiceScope? scope;
    private FunctionInputBindingResult? bound;
    private InvocationData? bindingContext;
    private Dictionary<string, object?>? outputs;
    private string? invocationId;

    public InvocationContext(IServiceScopeFactory scopes, InputBinder binder, LocalFunction function, object? triggerValue, IReadOnlyDictionary<string, object?>? bindingData, InvocationOptions options, Activity? trace, CancellationToken cancellationToken)
    {
        this.scopes = scopes;
        this.binder = binder;
        Function = function;
        TriggerValue = triggerValue;
        BindingData = bindingData ?? ReadOnlyDictionary<string, object?>.Empty;
        Inputs = options.Inputs;
        invocationId = options.InvocationId;
        RetryContext = options.MaxRetryCount is { } max ? new Attempt(options.RetryCount, max) : null!;
        TraceContext = new Trace(trace, options);
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
    public Dictionary<string, object?> Outputs => outputs ??= [];

    /// <summary>Whether there are any.</summary>
    public bool HasOutputs => outputs is { Count: > 0 };

    // Made when somebody wants it, which the log does when it writes a line: several threads may ask at once.
    public override string InvocationId =>
        invocationId ?? Interlocked.CompareExchange(ref invocationId, Guid.NewGuid().ToString(), null) ?? invocationId;

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
        var at = Find(typeof(T));
        return at >= 0 ? (T)features[at].Value
            : typeof(T) == typeof(IFunctionInputBindingFeature) ? (T)(object)this
            : default;
    }

    public void Set<T>(T instance)
    {
        var at = Find(typeof(T));
        if (at < 0)
        {
            at = featureCount++;
            if (at == features.Length)
            {
                Array.Resize(ref features, at + 4);
            }
        }

        features[at] = (typeof(T), instance!);
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        var all = features.Take(featureCount).ToDictionary(feature => feature.Type, feature => feature.Value);
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

    private int Find(Type type)
    {
        for (var at = 0; at < featureCount; at++)
        {
            if (features[at].Type == type)
            {
                return at;
            }
        }

        return -1;
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

    /// <summary>The trace that the trigger named, or else the one that is under way: its text is made when somebody wants it.</summary>
    private sealed class Trace(Activity? current, InvocationOptions options) : TraceContext
    {
        public override string TraceParent => options.TraceParent ?? current?.Id ?? "";

        public override string TraceState { get; } = (options.TraceParent is null && current is not null ? current.TraceStateString : options.TraceState) ?? "";
    }
}
