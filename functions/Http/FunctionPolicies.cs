using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Http;

/// <summary>Finds the access policy that a function's method declares.</summary>
public sealed class FunctionPolicies
{
    private readonly ConcurrentDictionary<string, AccessPolicyAttribute?> policies = new(StringComparer.Ordinal);

    /// <summary>The policy; null when the method declares none, or more than one.</summary>
    public AccessPolicyAttribute? Of(FunctionDefinition function) => policies.GetOrAdd(function.Id, static (_, f) => Read(f), function);

    private static AccessPolicyAttribute? Read(FunctionDefinition function)
    {
        var dot = function.EntryPoint.LastIndexOf('.');
        var assembly = AssemblyLoadContext.Default.Assemblies.FirstOrDefault(loaded => !loaded.IsDynamic && loaded.Location == function.PathToAssembly)
            ?? AssemblyLoadContext.Default.LoadFromAssemblyPath(function.PathToAssembly);
        var method = assembly.GetType(function.EntryPoint[..dot])?.GetMethod(function.EntryPoint[(dot + 1)..]);
        var declared = method?.GetCustomAttributes<AccessPolicyAttribute>().ToList();
        return declared is [var only] ? only : null;
    }
}
