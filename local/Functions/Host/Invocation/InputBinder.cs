using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>Binds the parameters of functions through the converters. Which converters a parameter has is worked out once.</summary>
internal sealed class InputBinder(IServiceProvider services, IOptions<WorkerOptions> options)
{
    private readonly ConcurrentDictionary<FunctionParameter, IInputConverter[]> chains = new();
    private readonly ConcurrentDictionary<Type, IInputConverter> converters = new();

    public async ValueTask<object?[]> BindAsync(InvocationContext context)
    {
        var parameters = context.Function.Parameters;
        var values = new object?[parameters.Length];
        List<string>? errors = null;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = parameters[i];
            if (parameter.Type == typeof(FunctionContext))
            {
                values[i] = context;
            }
            else if (parameter.Type == typeof(CancellationToken))
            {
                values[i] = context.CancellationToken;
            }
            else
            {
                var result = await ConvertAsync(context, parameter, parameter.Type).ConfigureAwait(false);
                values[i] = result.Status == ConversionStatus.Succeeded ? result.Value : Missing(context, parameter, result, ref errors);
            }
        }

        return errors is null ? values : throw new FunctionInputConverterException(
            $"Error converting {errors.Count} input parameters for Function '{context.Function.Name}': {string.Join(Environment.NewLine, errors)}");
    }

    public async ValueTask<ConversionResult> ConvertAsync(InvocationContext context, FunctionParameter parameter, Type target)
    {
        var question = new Question(context, parameter, target);
        foreach (var converter in chains.GetOrAdd(parameter, Chain))
        {
            var result = await converter.ConvertAsync(question).ConfigureAwait(false);
            if (result.Status != ConversionStatus.Unhandled)
            {
                return result;
            }
        }

        return ConversionResult.Unhandled();
    }

    private static object? Missing(InvocationContext context, FunctionParameter parameter, ConversionResult result, ref List<string>? errors)
    {
        if (result.Status == ConversionStatus.Failed)
        {
            var from = context.Source(parameter)?.GetType().FullName ?? "nothing";
            (errors ??= []).Add($"Cannot convert input parameter '{parameter.Name}' to type '{parameter.Type.FullName}' from type '{from}'. Error:{result.Error}");
        }
        else if (!parameter.HasDefaultValue && !parameter.IsReferenceOrNullableType)
        {
            (errors ??= []).Add($"No value for input parameter '{parameter.Name}' of type '{parameter.Type.FullName}'.");
        }

        return parameter.DefaultValue;
    }

    private IInputConverter[] Chain(FunctionParameter parameter)
    {
        var chain = new List<Type>();
        if (parameter.Properties.TryGetValue("converterType", out var own))
        {
            chain.Add((Type)own);
        }
        else if (parameter.Type.GetCustomAttribute<InputConverterAttribute>() is { } onType)
        {
            chain.Add(onType.ConverterType);
        }

        parameter.Properties.TryGetValue(ConverterContextExtensions.BindingAttribute, out var binding);
        var fallback = ConverterFallbackBehavior.Default;
        if (binding is not null)
        {
            fallback = binding.GetType().GetCustomAttribute<ConverterFallbackBehaviorAttribute>()?.Behavior ?? fallback;
            chain.AddRange(binding.GetType().GetCustomAttributes<InputConverterAttribute>().Select(a => a.ConverterType).Where(Supports));
        }

        if (fallback != ConverterFallbackBehavior.Disallow)
        {
            chain.AddRange(options.Value.InputConverters);
        }

        return [.. chain.Select(Instance)];

        bool Supports(Type converter)
        {
            var targets = converter.GetCustomAttributes<SupportedTargetTypeAttribute>().Select(a => a.TargetType).ToList();
            return targets.Count == 0 || targets.Contains(parameter.Type);
        }
    }

    private IInputConverter Instance(Type type) =>
        converters.GetOrAdd(type, t => (IInputConverter)ActivatorUtilities.CreateInstance(services, t));

    private sealed class Question(InvocationContext context, FunctionParameter parameter, Type target) : ConverterContext
    {
        public override Type TargetType => target;

        public override object? Source { get; } = context.Source(parameter);

        public override FunctionContext FunctionContext => context;

        public override IReadOnlyDictionary<string, object> Properties => parameter.Properties;
    }
}
