namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>
/// Compares stand-in types with the official listings: everything of a stand-in must stand there (a strict subset), and where
/// a stand-in has a method, it must have all official overloads, so that overload resolution cannot differ.
/// </summary>
internal static class ApiComparer
{
    /// <summary>
    /// Types of packages that can neither be restored nor are listed: members that need them cannot be declared,
    /// and their absence is no missing overload.
    /// </summary>
    private static readonly string[] Unavailable = ["Azure.Core.Amqp."];

    /// <summary>Official types that no listing has and no listed signature names: package, and what speaks for them.</summary>
    private static readonly string[] Unlisted =
    [
        "DurableTask.Core.", // Microsoft.Azure.DurableTask.Core, which the listed Durable packages build on and whose exceptions they throw.
        "Grpc.Core.", // Grpc.Core.Api, which the listed Durable packages build on: what their client throws.
        "Microsoft.Azure.Functions.Worker.OpenTelemetry.", // the package of that name, which has no listing; its README shows the one method that is here.
        "Stripe.SystemNetHttpClient", // Stripe.net: the way that its documentation gives StripeClient an HttpClient.
    ];

    private static readonly string[] MadeForRecords = ["Equals", "GetHashCode", "ToString", "PrintMembers", "op_Equality", "op_Inequality", "Deconstruct"];

    public static IReadOnlyList<string> Differences(IEnumerable<Type> types, OfficialApi official)
    {
        var ours = types.Where(IsOfficialName).Select(ApiPrinter.Print).ToList();
        var unlisted = Named(ours.FindAll(type => Find(type, official) is null), official);
        return [.. ours.Except(unlisted).SelectMany(type => Differences(type, official)).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Whether a type must be an official one: our own extra entry points live in namespaces of their own. DurableTask.Core, whose
    /// history and exceptions the durable client shows, is an official assembly without a listing: there is nothing to compare with.
    /// </summary>
    public static bool IsOfficialName(Type type) =>
        type.Namespace is { } name && name != "ToolboxAI.Local" && !name.StartsWith("ToolboxAI.Local.", StringComparison.Ordinal)
        && !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
        && name != "DurableTask.Core" && !name.StartsWith("DurableTask.Core.", StringComparison.Ordinal);

    public static bool NeedsUnavailable(ApiMember member) => Unavailable.Any(name => member.Text.Contains(name, StringComparison.Ordinal));

    private static ApiType? Find(ApiType ours, OfficialApi official) =>
        official.Types.GetValueOrDefault(ours.Key)?.Find(candidate => candidate.Arity == ours.Arity);

    /// <summary>
    /// The listing of a large assembly is an extract. A type that it names without listing it, or that such a type names, is
    /// official all the same, though there is nothing to compare it with.
    /// </summary>
    private static List<ApiType> Named(List<ApiType> absent, OfficialApi official)
    {
        var named = absent.FindAll(type => official.Names(type) || Unlisted.Any(prefix => type.Name.StartsWith(prefix, StringComparison.Ordinal)));
        for (var before = -1; before < named.Count;)
        {
            before = named.Count;
            named.AddRange(absent.Except(named).ToList().FindAll(type => OfficialApi.Names(named, type)));
        }

        return named;
    }

    private static IEnumerable<string> Differences(ApiType ours, OfficialApi official)
    {
        if (Find(ours, official) is not { } theirs)
        {
            return [$"{ours.Key}: no such official type"];
        }

        // Types of one name and several numbers of type parameters share their key, and so their members, in the listings.
        return Declaration(ours, theirs).Concat(Members(ours, theirs, shared: official.Types[ours.Key].Count > 1));
    }

    private static IEnumerable<string> Declaration(ApiType ours, ApiType theirs)
    {
        if (ours.Head != theirs.Head)
        {
            yield return $"{ours.Key}: declared `{ours.Head}`, official `{theirs.Head}`";
        }

        if (ours.Base != theirs.Base)
        {
            yield return $"{ours.Key}: base type `{ours.Base ?? "object"}`, official `{theirs.Base ?? "object"}`";
        }

        if (ours.Constraints != theirs.Constraints)
        {
            yield return $"{ours.Key}: constraints `{ours.Constraints}`, official `{theirs.Constraints}`";
        }

        if (ours.Usage != theirs.Usage)
        {
            yield return $"{ours.Key}: attribute usage `{ours.Usage}`, official `{theirs.Usage}`";
        }

        foreach (var one in ours.Interfaces.Except(theirs.Interfaces))
        {
            yield return $"{ours.Key}: implements `{one}`, the official type does not";
        }
    }

    private static IEnumerable<string> Members(ApiType ours, ApiType theirs, bool shared)
    {
        foreach (var member in ours.Members.Except(theirs.Members))
        {
            var near = theirs.Members.Where(official => Name(official) == Name(member)).Select(official => $"`{official.Text}`").ToList();
            yield return $"{ours.Key}: `{member.Text}` is not official" + (near.Count == 0 ? "" : "; there is " + string.Join(" and ", near));
        }

        if (shared)
        {
            yield break;
        }

        var methods = ours.Members.Select(member => member.Method).OfType<string>().ToHashSet();
        foreach (var missing in theirs.Members.Except(ours.Members).Where(member => member.Method is { } method && methods.Contains(method)))
        {
            if (!NeedsUnavailable(missing) && !(ours.IsRecord && IsMadeForRecords(missing, ours)))
            {
                yield return $"{ours.Key}: the official overload `{missing.Text}` is missing";
            }
        }
    }

    private static bool IsMadeForRecords(ApiMember member, ApiType type) =>
        MadeForRecords.Contains(member.Method) || member.Text.EndsWith($"({type.Name} original)", StringComparison.Ordinal);

    private static string Name(ApiMember member)
    {
        if (member.Method is { } method)
        {
            return method;
        }

        var end = member.Text.IndexOfAny(['{', '=']);
        return (end < 0 ? member.Text : member.Text[..end]).TrimEnd().Split(' ')[^1];
    }
}
