using ToolboxAI.Tests.Local.Conformance.Planted;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>The comparer is judged by planted differences: each must be found, and nothing else.</summary>
public sealed class ComparerTests
{
    private const string Space = "ToolboxAI.Tests.Local.Conformance.Planted";

    private const string Listing = $$"""
        {{Space}}|Faithful :: [Obsolete("[old]")] public abstract class {{Space}}.Faithful : System.MarshalByRefObject, System.ICloneable, System.IDisposable
        {{Space}}|Faithful. :: public const int Limit = 3
        {{Space}}|Faithful. :: protected Faithful(string name = "x", System.TimeSpan? wait = null, System.Threading.CancellationToken cancellationToken = default)
        {{Space}}|Faithful. :: public event System.EventHandler Changed
        {{Space}}|Faithful. :: public string Name { get; protected set; }
        {{Space}}|Faithful. :: public System.DayOfWeek Day { get; init; }
        {{Space}}|Faithful. :: public virtual System.Threading.Tasks.Task<T> Get<T>(params T[] values) where T : class, new()   // [Obsolete("no")]
        {{Space}}|Faithful. :: public virtual System.Threading.Tasks.Task<T> Get<T>(T value, System.DayOfWeek day = System.DayOfWeek.Friday) where T : class, new()
        {{Space}}|Faithful. :: public abstract bool TryGet(in int key, out System.Collections.Generic.Dictionary<string, int[]> found, ref int? count)
        {{Space}}|Faithful. :: public override string ToString()
        {{Space}}|Faithful. :: public void Dispose()
        {{Space}}|Faithful. :: public void NotStoodInFor()
        {{Space}}|MarkAttribute :: [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)] public sealed class {{Space}}.MarkAttribute : System.Attribute
        {{Space}}|MarkAttribute. :: public MarkAttribute()
        {{Space}}|Note :: public record {{Space}}.Note : System.IEquatable<{{Space}}.Note>
        {{Space}}|Note. :: public Note(string Text)
        {{Space}}|Note. :: protected Note({{Space}}.Note original)
        {{Space}}|Note. :: public string Text { get; init; }
        {{Space}}|Note.Kind :: public enum {{Space}}.Note.Kind : int
        {{Space}}|Note.Kind. :: Plain = 1
        {{Space}}|Notify :: public delegate void {{Space}}.Notify<in T>(T value) where T : struct
        """;

    private static readonly Type[] Types = [typeof(Faithful), typeof(MarkAttribute), typeof(Note), typeof(Note.Kind), typeof(Notify<>)];

    [Fact]
    public void A_faithful_stand_in_has_no_differences() => Assert.Empty(Differences(Listing));

    [Theory]
    [InlineData("|Faithful. :: public void Dispose()", "|Faithful. :: public void Close()", "`public void Dispose()` is not official")]
    [InlineData("DayOfWeek.Friday", "DayOfWeek.Sunday", "`public virtual System.Threading.Tasks.Task<T> Get<T>(T value, System.DayOfWeek day = System.DayOfWeek.Friday)")]
    [InlineData("string name = \"x\"", "string name", "`protected Faithful(string name = \"x\"")]
    [InlineData("string name =", "string title =", "`protected Faithful(string name =")]
    [InlineData("T : class, new()   //", "T : class   //", "Get<T>(params T[] values) where T : class, new()` is not official")]
    [InlineData("{ get; protected set; }", "{ get; set; }", "`public string Name { get; protected set; }` is not official; there is `public string Name { get; set; }`")]
    [InlineData("{ get; init; }\n", "{ get; set; }\n", "`public System.DayOfWeek Day { get; init; }` is not official")]
    [InlineData("public abstract bool TryGet", "public virtual bool TryGet", "`public abstract bool TryGet")]
    [InlineData("out System.Collections", "ref System.Collections", "out System.Collections.Generic.Dictionary<string, int[]> found")]
    [InlineData("const int Limit = 3", "const int Limit = 4", "`public const int Limit = 3` is not official; there is `public const int Limit = 4`")]
    [InlineData("event System.EventHandler", "event System.Action", "event System.EventHandler Changed` is not official")]
    [InlineData("Faithful : System.MarshalByRefObject, ", "Faithful : ", "base type `System.MarshalByRefObject`, official `object`")]
    [InlineData(", System.IDisposable", "", "implements `System.IDisposable`")]
    [InlineData("public abstract class", "public class", "declared `public abstract class")]
    [InlineData(" | AttributeTargets.Method", "", "attribute usage `AllowMultiple = true, AttributeTargets.Class | AttributeTargets.Method`")]
    [InlineData("public record", "public class", "declared `public record")]
    [InlineData("Plain = 1", "Plain = 0", "`Plain = 1` is not official; there is `Plain = 0`")]
    [InlineData("where T : struct", "where T : class", "declared `public delegate void")]
    public void A_planted_difference_is_found(string text, string planted, string expected)
    {
        Assert.Contains(text, Listing, StringComparison.Ordinal);
        var differences = Differences(Listing.Replace(text, planted, StringComparison.Ordinal));

        Assert.Contains(differences, difference => difference.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_overload_of_a_declared_method_is_found()
    {
        var differences = Differences(Listing + $"\n{Space}|Faithful. :: public virtual T Get<T>(T[] values, int at)");

        Assert.Equal([$"{Space}|Faithful: the official overload `public virtual T Get<T>(T[] values, int at)` is missing"], differences);
    }

    [Fact]
    public void A_type_that_is_not_official_is_found()
    {
        var withoutMark = string.Join('\n', Listing.Split('\n').Where(line => !line.Contains("MarkAttribute", StringComparison.Ordinal)));

        Assert.Equal([$"{Space}|MarkAttribute: no such official type"], Differences(withoutMark));
    }

    [Fact]
    public void A_type_that_the_extract_names_without_listing_it_is_official()
    {
        var unlisted = string.Join('\n', Listing.Split('\n').Where(line => !line.Contains("MarkAttribute", StringComparison.Ordinal)))
            + $"\n{Space}|Faithful. :: public {Space}.MarkAttribute Mark {{ get; }}";

        Assert.Empty(Differences(unlisted));
    }

    private static IReadOnlyList<string> Differences(string listing)
    {
        // The comparer leaves our own namespaces alone; the planted types stand for official ones.
        Assert.All(Types, type => Assert.True(ApiComparer.IsOfficialName(type)));
        return ApiComparer.Differences(Types, OfficialApi.Of("Planted", listing));
    }
}
