using System.Linq.Expressions;
using System.Reflection;

namespace ToolboxAI.Local.Functions;

/// <summary>A method as a delegate, compiled once, so that a call costs no reflection.</summary>
internal sealed class MethodCall
{
    private readonly Func<object?, object?[], ValueTask<object?>> invoke;

    private MethodCall(Func<object?, object?[], ValueTask<object?>> invoke) => this.invoke = invoke;

    public ValueTask<object?> InvokeAsync(object? instance, object?[] arguments) => invoke(instance, arguments);

    public static MethodCall Compile(MethodInfo method)
    {
        Refuse(method);
        var instance = Expression.Parameter(typeof(object), "instance");
        var arguments = Expression.Parameter(typeof(object?[]), "arguments");
        var values = method.GetParameters().Select((parameter, i) =>
            Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType));
        var call = method.IsStatic
            ? Expression.Call(method, values)
            : Expression.Call(Expression.Convert(instance, method.DeclaringType!), method, values);
        return new(Expression.Lambda<Func<object?, object?[], ValueTask<object?>>>(Wrap(call), instance, arguments).Compile());
    }

    // The real host lists such functions and then fails when they are called; here the message says why.
    private static void Refuse(MethodInfo method)
    {
        var type = method.DeclaringType!;
        if (type.IsNested)
        {
            throw new InvalidOperationException($"{type} is nested: the Functions host cannot call functions of nested classes.");
        }

        if (type.GetMethods().Count(m => m.Name == method.Name) > 1)
        {
            throw new InvalidOperationException($"{type}.{method.Name} has overloads: the Functions host cannot tell them apart.");
        }
    }

    private static Expression Wrap(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void))
        {
            return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return Expression.Call(typeof(MethodCall), type == typeof(Task) ? nameof(FromTask) : nameof(FromValueTask), null, call);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return Expression.Call(typeof(MethodCall), nameof(FromTaskOf), type.GetGenericArguments(), call);
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            ? Expression.Call(typeof(MethodCall), nameof(FromValueTaskOf), type.GetGenericArguments(), call)
            : Expression.New(typeof(ValueTask<object?>).GetConstructor([typeof(object)])!, Expression.Convert(call, typeof(object)));
    }

    private static async ValueTask<object?> FromTask(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> FromValueTask(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<object?> FromTaskOf<T>(Task<T> task) => await task.ConfigureAwait(false);

    private static async ValueTask<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task.ConfigureAwait(false);
}
