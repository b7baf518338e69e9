using Microsoft.Extensions.Configuration;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>Settings that bindings name, as the real host finds them.</summary>
public sealed class SettingTests
{
    private static readonly IConfiguration Settings = new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Queue", "orders"), new("Bus:Topic", "news"), new("Orders", "own"), new("AzureWebJobsOrders", "prefixed"), new("Plain", "plain"),
        new("ConnectionStrings:Listed", "listed"), new("Identity:fullyQualifiedNamespace", "bus.example"), new("AzureWebJobsStorage", "storage"),
    ]).Build();

    [Theory]
    [InlineData("%Queue%", "orders")]
    [InlineData("a-%Queue%-%Bus:Topic%", "a-orders-news")]
    [InlineData("no setting", "no setting")]
    public void A_name_between_percent_signs_is_the_setting_s_value(string text, string value) => Assert.Equal(value, SettingExpressions.Resolve(text, Settings));

    [Theory]
    [InlineData("%Missing%", "'%Missing%' does not resolve to a value.")]
    [InlineData("%Bus__Topic%", "in a binding the setting Bus__Topic is written %Bus:Topic%")]
    [InlineData("50%", "without a partner")]
    public void What_the_real_host_does_not_resolve_is_refused_here_too(string text, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidOperationException>(() => SettingExpressions.Resolve(text, Settings)).Message);

    [Theory]
    [InlineData("Orders", "prefixed")]
    [InlineData("Plain", "plain")]
    [InlineData("Listed", "listed")]
    [InlineData(null, "storage")]
    [InlineData("Missing", null)]
    public void A_connection_is_looked_for_under_its_prefixed_name_first(string? connection, string? value) =>
        Assert.Equal(value, ConnectionSettings.Find(Settings, connection, "Storage")?.Value);

    [Fact]
    public void A_connection_by_identity_has_parts() =>
        Assert.Equal("bus.example", ConnectionSettings.Find(Settings, "Identity", "ServiceBus")!["fullyQualifiedNamespace"]);
}
