using System.Reflection;

namespace Microsoft.DurableTask.Entities;

/// <summary>
/// The base of entity classes: an operation is a public method of that name (without regard to case), of the class itself or,
/// when <see cref="AllowStateDispatch"/> says so, of its state. <c>delete</c> clears the state unless there is such a method.
/// </summary>
public abstract class TaskEntity<TState> : ITaskEntity
{
    /// <summary>The state; what it is at the operation's end is stored.</summary>
    protected TState State { get; set; } = default!;

    /// <summary>The entity and what it can do to others.</summary>
    protected TaskEntityContext Context { get; private set; } = default!;

    /// <summary>Whether the state's own methods are operations too.</summary>
    protected virtual bool AllowStateDispatch => false;

    /// <inheritdoc/>
    public async ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Context = operation.Context;
        State = operation.State.HasState && operation.State.GetState(typeof(TState)) is TState stored ? stored : InitializeState(operation);
        if (EntityDispatch.TryInvoke(this, typeof(TaskEntity<TState>), operation, out var result)
            || (AllowStateDispatch && State is not null && EntityDispatch.TryInvoke(State, typeof(object), operation, out result)))
        {
            var value = await EntityDispatch.Unwrap(result!).ConfigureAwait(false);
            operation.State.SetState(State);
            return value;
        }

        if (string.Equals(operation.Name, "delete", StringComparison.OrdinalIgnoreCase))
        {
            operation.State.SetState(null);
            return null;
        }

        throw new NotSupportedException($"No suitable method found for entity operation '{operation}'.");
    }

    /// <summary>The state of an entity that has none yet.</summary>
    protected virtual TState InitializeState(TaskEntityOperation entityOperation)
    {
        if (default(TState) is null && typeof(TState) == typeof(string))
        {
            return default!;
        }

        return Nullable.GetUnderlyingType(typeof(TState)) is not null ? default! : Activator.CreateInstance<TState>();
    }
}

/// <summary>Extensions of operations. Those of the original are its own affair; none is public.</summary>
public static class TaskEntityOperationExtensions
{
}

/// <summary>Finds and calls the method that an operation names.</summary>
internal static class EntityDispatch
{
    private const BindingFlags Public = BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase | BindingFlags.FlattenHierarchy;

    /// <summary>Calls the operation's method; false when <paramref name="target"/> has none (methods of <paramref name="stopAt"/> don't count).</summary>
    public static bool TryInvoke(object target, Type stopAt, TaskEntityOperation operation, out object? result)
    {
        var methods = target.GetType().GetMember(operation.Name, MemberTypes.Method, Public)
            .OfType<MethodInfo>()
            .Where(method => !method.IsSpecialName && !method.DeclaringType!.IsAssignableFrom(stopAt))
            .ToList();
        if (methods.Count > 1)
        {
            throw new InvalidOperationException($"Operation '{operation.Name}' is ambiguous: {target.GetType()} has several methods of that name.");
        }

        result = null;
        if (methods.Count == 0)
        {
            return false;
        }

        try
        {
            result = Wrap(methods[0].Invoke(target, Arguments(methods[0], operation)), methods[0].ReturnType);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            result = Task.FromException(inner);
        }

        return true;
    }

    /// <summary>The value behind a method's result, once it is there.</summary>
    public static async Task<object?> Unwrap(object result)
    {
        var task = (Task)result;
        await task.ConfigureAwait(false);
        var type = task.GetType();
        return type.IsGenericType && type.GetProperty("Result") is { } value && value.PropertyType.Name != "VoidTaskResult"
            ? value.GetValue(task)
            : null;
    }

    private static Task Wrap(object? value, Type returnType) => value switch
    {
        Task task => task,
        ValueTask task => task.AsTask(),
        not null when returnType.IsGenericType && returnType.GetGenericTypeDefinition() == typeof(ValueTask<>) =>
            (Task)returnType.GetMethod("AsTask")!.Invoke(value, null)!,
        _ => Task.FromResult(value),
    };

    private static object?[] Arguments(MethodInfo method, TaskEntityOperation operation)
    {
        var inputTaken = false;
        return [.. method.GetParameters().Select(Argument)];

        object? Argument(ParameterInfo parameter)
        {
            if (parameter.ParameterType == typeof(TaskEntityContext))
            {
                return operation.Context;
            }

            if (parameter.ParameterType == typeof(TaskEntityOperation))
            {
                return operation;
            }

            if (inputTaken)
            {
                throw new InvalidOperationException($"Method '{method.Name}' has more than one input parameter.");
            }

            inputTaken = true;
            if (operation.HasInput)
            {
                return operation.GetInput(parameter.ParameterType);
            }

            return parameter.HasDefaultValue
                ? parameter.DefaultValue
                : throw new InvalidOperationException($"Operation '{operation}' needs an input of type {parameter.ParameterType}.");
        }
    }
}
