using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Functions.Operations;

/// <summary>What is wrong with the settings that options are made of. No value is ever part of it.</summary>
internal static partial class OptionsProblems
{
    /// <summary>
    /// All of it. The framework's own validation ends at the first setting that can't be read as a number or a time, and shows it; so
    /// each class of options is looked at on its own, and such settings before the class is made.
    /// </summary>
    public static IReadOnlyList<string> Find(IServiceProvider services, IConfiguration configuration) =>
    [
        .. from type in (Type[])[.. typeof(SecretsOptions).Assembly.GetTypes(), .. typeof(OptionsProblems).Assembly.GetTypes()]
           where type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && services.GetServices(typeof(IValidateOptions<>).MakeGenericType(type)).Any()
           let malformed = Malformed(type, configuration).ToList()
           from problem in malformed.Count > 0 ? malformed : Invalid(type, services)
           select problem,
    ];

    private static IEnumerable<string> Malformed(Type type, IConfiguration configuration) =>
        from member in type.GetProperties()
        let name = $"{type.GetField("Section")?.GetRawConstantValue() ?? type.Name}:{member.Name}"
        let reader = TypeDescriptor.GetConverter(member.PropertyType)
        where configuration[name] is { Length: > 0 } text && reader.CanConvertFrom(typeof(string)) && !reader.IsValid(text)
        select $"{name.Replace(":", "__")} is malformed, expected is {Form(member.PropertyType)}.";

    private static string Form(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 01:30:00, or 2.00:00:00 for two days"
        : type == typeof(bool) ? "true or false"
        : "a number";

    private static IEnumerable<string> Invalid(Type type, IServiceProvider services)
    {
        try
        {
            var options = services.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
            _ = options.GetType().GetProperty(nameof(IOptions<object>.Value))!.GetValue(options);
            return [];
        }
        catch (TargetInvocationException e) when (e.InnerException is OptionsValidationException invalid)
        {
            return invalid.Failures.Select(Setting);
        }
    }

    /// <summary>An annotation's failure names the class and its member; an operator knows the setting.</summary>
    private static string Setting(string failure)
    {
        var match = Annotation().Match(failure);
        var error = match.Groups["error"].Value;
        return !match.Success ? failure
            : error.Contains("setting", StringComparison.Ordinal) || error.Contains("__", StringComparison.Ordinal) ? error
            : $"{match.Groups["section"].Value}__{match.Groups["member"].Value}: {error}";
    }

    [GeneratedRegex("^DataAnnotation validation failed for '(?<section>\\w+?)(Options)?' members: '(?<member>[^']*)' with the error: '(?<error>.*)'\\.?$", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Annotation();
}
