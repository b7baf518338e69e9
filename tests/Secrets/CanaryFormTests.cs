using System.Text;
using System.Text.Json;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The search for leaks finds a planted one in every form.</summary>
public sealed class CanaryFormTests
{
    private const string Key = "q+/9a3Hk0Zr5T7uXo1LmYc8Vd2Wn4Pe6Bs0Ag3Fi5Jk=";

    public static TheoryData<string> Texts =>
    [
        $"The key {Key} was refused",
        JsonSerializer.Serialize(new { key = Key }),
        JsonSerializer.Serialize(JsonSerializer.Serialize(new { key = Key })),
        $"https://example.org/?key={Uri.EscapeDataString(Key)}",
        $"\\x00{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Key))}ff",
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)),
        $"\\x00{Convert.ToHexStringLower(Convert.FromBase64String(Key))}ff",
    ];

    [Theory, MemberData(nameof(Texts))]
    public void It_is_found_and_not_shown(string text)
    {
        var canaries = new Canaries();
        canaries.Add("a key", Key);
        var found = Assert.Single(canaries.In("a log", ["nothing here", text]));
        Assert.StartsWith("a key in a log: ", found, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, found);
    }

    [Fact]
    public void A_login_s_password_is_looked_for_by_itself()
    {
        var canaries = new Canaries();
        canaries.Add("database-login", """{"login":"blue","password":"0f9e8d7c6b5a"}""");
        Assert.NotEmpty(canaries.In("a table", ["SCRAM of 0f9e8d7c6b5a"]));
        Assert.Empty(canaries.In("a table", ["blue"]));
    }
}
