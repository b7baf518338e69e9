namespace ToolboxAI.Functions.Http;

/// <summary>What an HTTP function is for, in the API's description.</summary>
/// <param name="summary">In a few words.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiAttribute(string summary) : Attribute
{
    /// <summary>In a few words.</summary>
    public string Summary { get; } = summary;

    /// <summary>The type of the JSON body; null when the call takes none.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether the call refuses to go without its body.</summary>
    public bool NeedsBody { get; init; } = true;

    /// <summary>The media type of a file that the call takes, instead of JSON when it takes that too; null when it takes none.</summary>
    public string? FileType { get; init; }

    /// <summary>A body as an example, in JSON.</summary>
    public string? Example { get; init; }
}

/// <summary>An answer that is no problem; of several with one status, a caller's query decides.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">The type of the JSON body; null when there is none.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswersAttribute(int status, Type? body = null) : Attribute
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The type of the JSON body; null when there is none.</summary>
    public Type? Body { get; } = body;

    /// <summary>The media type of an answer that is no JSON body of ours; null when it is one, or none.</summary>
    public string? MediaType { get; init; }

    /// <summary>An answer as an example: in JSON, or as the media type has it.</summary>
    public string? Example { get; init; }
}

/// <summary>Problems that the function itself answers; those of the pipeline are described with every call.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="codes">The problems' codes.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RefusesAttribute(int status, params string[] codes) : Attribute
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The problems' codes.</summary>
    public IReadOnlyList<string> Codes { get; } = codes;
}

/// <summary>A query parameter, always optional.</summary>
/// <param name="name">As it stands in the URL.</param>
/// <param name="description">What it does.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, string description) : Attribute
{
    /// <summary>As it stands in the URL.</summary>
    public string Name { get; } = name;

    /// <summary>What it does.</summary>
    public string Description { get; } = description;

    /// <summary>Its type; a string by default. An enum lists its names.</summary>
    public Type Type { get; init; } = typeof(string);
}

/// <summary>A request header of the function's own, always needed.</summary>
/// <param name="name">The header.</param>
/// <param name="description">What it holds.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HeaderAttribute(string name, string description) : Attribute
{
    /// <summary>The header.</summary>
    public string Name { get; } = name;

    /// <summary>What it holds.</summary>
    public string Description { get; } = description;
}

/// <summary>The answer is a page of a list: <c>cursor</c> and <c>limit</c> are taken.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PagedAttribute : Attribute;
