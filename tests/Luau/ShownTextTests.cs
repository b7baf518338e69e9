using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary>What texts that players see ask of them, in many languages, spellings and ways of showing.</summary>
public sealed class ShownTextTests
{
    public static TheoryData<string> Contact => Lines("contact");

    public static TheoryData<string> Links => Lines("links");

    public static TheoryData<string> Harmless => Lines("harmless");

    /// <summary>Ways to show a text that isn't written as one.</summary>
    public static TheoryData<string> Ways => new()
    {
        "label.Text = 'What is ' .. 'your ' .. 'snap?'",
        "label.Text = table.concat({'What', 'is', 'your', 'snap?'}, ' ')",
        "label.Text = string.format('What is your %s?', 'snap')",
        "label.Text = `What is your {'snap'}?`",
        "label.Text = ('What is your xxx?'):gsub('xxx', 'snap')",
        "label.Text = utf8.char(87, 104, 97, 116, 32, 105, 115, 32, 121, 111, 117, 114, 32, 115, 110, 97, 112, 63)",
        "label.Text = ('?pans ruoy si tahW'):reverse()",
        "local lines = {'Hello', 'What is your ' .. 'snap?'} label.Text = lines[math.random(#lines)]",
        "local app = ({'snap', 'insta'})[n] label.Text = string.format('What is your %s?', app)",
        "label.Text = player.DisplayName .. ': ' .. table.concat({'What', 'is', 'your', 'snap?'}, ' ')",
        "label.Text = string.format('%s, what is your %s? %d', player.DisplayName, 'snap', round)",
        "label.Text = `{player.DisplayName}, {('?pans ruoy si tahw'):reverse()}`",
        "label.Text = table.concat({player.DisplayName, 'what is', 'your snap?'}, ' ')",
        "label.Text = '<b>What is</b> your <font color=\"#fff\">sn</font>ap?'",
        "box.PlaceholderText = 'E-Mail'",
        "box.PlaceholderText = 'What is ' .. 'your snap?'",
        "prompt.ActionText = 'What is ' .. 'your snap?'",
        "prompt.ObjectText = 'What is ' .. 'your snap?'",
        "tool.ToolTip = 'What is ' .. 'your snap?'",
        "humanoid.DisplayName = 'What is ' .. 'your snap?'",
        "team.Name = 'What is ' .. 'your snap?'",
        "leaderstats.Coins.Name = 'What is ' .. 'your snap?'",
        "sign:SetAttribute('Caption', 'What is ' .. 'your snap?')",
        "board.Line.Value = 'What is ' .. 'your snap?'",
        "game:GetService('Chat'):Chat(npc.Head, 'What is ' .. 'your snap?')",
        "game:GetService('TextChatService'):DisplayBubble(npc.Head, 'What is ' .. 'your snap?')",
        "channel:DisplaySystemMessage('What is ' .. 'your snap?')",
        "channel:SendAsync('What is ' .. 'your snap?')",
        "game:GetService('StarterGui'):SetCore('SendNotification', {Title = 'Hi', Text = 'What is ' .. 'your snap?'})",
        "remote:FireAllClients({text = 'What is ' .. 'your snap?'})",
        "remote:FireClient(player, 'What is ' .. 'your snap?')",
        "remote.OnServerInvoke = function(player) return 'What is ' .. 'your snap?' end",
        "function ask() return 'What is ' .. 'your snap?' end",
        "command.Triggered:Connect(function(source) channel:DisplaySystemMessage('What is ' .. 'your snap?') end)",
        "game:GetService('TeleportService'):SetTeleportGui('What is ' .. 'your snap?')",
        "player:Kick('What is ' .. 'your snap?')",
        "a.Text = 'What is' b.Text = 'your snap?'",
    };

    [Theory, MemberData(nameof(Contact))]
    public void Who_asks_for_contact_is_found(string text) => Assert.Contains(Rules.ContactSolicitation.Id, Found(text));

    [Theory, MemberData(nameof(Links))]
    public void What_leads_outside_is_found(string text) => Assert.Contains(Rules.OutsideLink.Id, Found(text));

    [Theory, MemberData(nameof(Harmless))]
    public void Games_and_warnings_use_the_same_words(string text) => Assert.Empty(Found(text));

    [Theory, MemberData(nameof(Ways))]
    public void A_text_is_read_however_it_is_made_and_shown(string script) => Assert.Contains(Rules.ContactSolicitation.Id, FoundIn(script));

    private static IEnumerable<string> Found(string text) => FoundIn($"label.Text = [==[{text}]==]");

    private static List<string> FoundIn(string script) => [.. ScriptScanner.Scan(LuauSource.FromText(script)).Findings.Select(finding => finding.Rule.Id)
        .Where(rule => rule.StartsWith("child-safety", StringComparison.Ordinal))];

    private static TheoryData<string> Lines(string file) =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "Luau", "Texts", file + ".txt")).Distinct()];
}
