using System.Reflection;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>The stand-ins hold a strict subset of the official public API.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> StandIns =>
    [
        "ToolboxAI.Local.Functions",
        "ToolboxAI.Local.DurableTask",
        "ToolboxAI.Local.ServiceBus",
        "ToolboxAI.Local.Stripe",
        "ToolboxAI.Local.SendGrid",
    ];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void Every_public_type_and_member_of_a_stand_in_is_official(string assembly)
    {
        var official = OfficialApi.Read();
        if (official is null)
        {
            Assert.Skip("The listings (../shared/api) are absent.");
        }

        var types = Assembly.Load(assembly).GetExportedTypes();
        var differences = ApiComparer.Differences(types, official);

        Assert.True(differences.Count == 0, $"{assembly} differs from the official API in {differences.Count} places:\n{string.Join('\n', differences)}");
    }
}
