using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>What the code needs of an environment, read off the code itself.</summary>
/// <param name="Queues">Queues that it receives from or sends to.</param>
/// <param name="Topics">Topics that it receives from, with their subscriptions.</param>
/// <param name="Containers">Blob containers that it names.</param>
/// <param name="Settings">The settings of <c>local.settings.sample.json</c>.</param>
/// <param name="Required">Settings without which it does not start.</param>
/// <param name="Routes">Routes of the HTTP functions, with the prefix.</param>
/// <param name="Uses">Types and members of others that it uses, by their full names: what they do decides the roles that it needs.</param>
public sealed partial record CodeFacts(
    IReadOnlySet<string> Queues, IReadOnlySet<string> Topics, IReadOnlySet<string> Containers, IReadOnlyDictionary<string, string> Settings,
    IReadOnlySet<string> Required, IReadOnlySet<string> Routes, IReadOnlySet<string> Uses)
{
    private static Assembly[] Assemblies => [typeof(ToolboxAI.Functions.Operations.Health).Assembly, Assembly.Load("ToolboxAI.Durable"), typeof(DataOptions).Assembly];

    /// <summary>The methods of all functions.</summary>
    public static IEnumerable<MethodInfo> FunctionMethods() =>
        Assemblies.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)));

    /// <summary>Settings that are secrets, by their names.</summary>
    public IEnumerable<string> Secrets => Settings.Keys.Where(name => SecretName().IsMatch(name));

    /// <summary>Reads the built assemblies and the sample.</summary>
    public static CodeFacts Read()
    {
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).ToList();
        var parameters = FunctionMethods().SelectMany(method => method.GetParameters()).ToList();
        var triggers = parameters.SelectMany(parameter => parameter.GetCustomAttributes<ServiceBusTriggerAttribute>()).ToList();
        return new(
            triggers.Select(trigger => trigger.QueueName).OfType<string>().Concat(Constants(types, "Queue")).ToHashSet(),
            triggers.Where(trigger => trigger.TopicName is not null).Select(trigger => $"{trigger.TopicName}/{trigger.SubscriptionName}").ToHashSet(),
            Constants(types, "Container").ToHashSet(),
            Sample(),
            RequiredSettings(types).ToHashSet(),
            parameters.SelectMany(parameter => parameter.GetCustomAttributes<HttpTriggerAttribute>()).Select(trigger => "/api/" + trigger.Route).ToHashSet(),
            Assemblies.SelectMany(UsesOf).ToHashSet());
    }

    private static List<string> UsesOf(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        string Name(TypeReference type) => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
        return [.. metadata.TypeReferences.Select(handle => Name(metadata.GetTypeReference(handle))),
            .. metadata.MemberReferences.Select(metadata.GetMemberReference).Where(member => member.Parent.Kind == HandleKind.TypeReference)
                .Select(member => $"{Name(metadata.GetTypeReference((TypeReferenceHandle)member.Parent))}.{metadata.GetString(member.Name)}")];
    }

    /// <summary>A contract names its queue, a gateway its container, in a constant of that name.</summary>
    private static IEnumerable<string> Constants(IEnumerable<Type> types, string name) =>
        from type in types
        let field = type.GetField(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where field is { IsLiteral: true } && field.FieldType == typeof(string)
        select (string)field.GetRawConstantValue()!;

    private static Dictionary<string, string> Sample()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString() ?? "");
    }

    /// <summary>Options say their section in a constant; a required property without a default must be set.</summary>
    private static IEnumerable<string> RequiredSettings(IEnumerable<Type> types) =>
        from type in types
        let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string
        where section is not null
        let defaults = Activator.CreateInstance(type)
        from property in type.GetProperties()
        where property.IsDefined(typeof(RequiredAttribute)) && property.GetValue(defaults) is null or ""
        select $"{section}__{property.Name}";

    [GeneratedRegex("(ApiKey|SecretKey|SigningKey|Secret|Password|Token)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();
}
