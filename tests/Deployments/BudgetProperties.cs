using FsCheck;
using FsCheck.Fluent;
using ToolboxAI.Shared.Roblox.Budget;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Tests.Deployments;

public sealed class BudgetProperties
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Askers come at random times; each allowed call begins at a random moment within its time.</summary>
    [Fact]
    public void No_window_of_a_minute_sees_more_calls_than_the_limit() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (state, now) = (BudgetState.Empty, Start);
        var calls = new List<DateTimeOffset>();
        for (var n = 0; n < 400; n++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(random.Next(4) == 0 ? 20_000 : 300));
            (state, var answer) = BudgetRules.Ask(state, new(RobloxEndpoint.PublishPlace, $"t{random.Next(3)}", random.Next(5) == 0), now);
            if (answer.CallBefore is { } before)
            {
                calls.Add(now + ((before - now) * random.NextDouble()));
            }
        }

        var ordered = calls.Order().ToList();
        var most = ordered.Select((from, index) => ordered.Skip(index).TakeWhile(call => call < from + TimeSpan.FromMinutes(1)).Count()).Max();
        return most <= RobloxLimits.PerMinute(RobloxEndpoint.PublishPlace);
    }));

    [Fact]
    public void A_tenant_that_floods_leaves_the_others_their_share()
    {
        var (state, now) = (BudgetState.Empty, Start);
        var got = new Dictionary<string, int> { ["loud"] = 0, ["quiet"] = 0 };
        for (var second = 0; second < 600; second++, now += TimeSpan.FromSeconds(1))
        {
            foreach (var tenant in Enumerable.Repeat("loud", 20).Append("quiet"))
            {
                (state, var answer) = BudgetRules.Ask(state, new(RobloxEndpoint.ReadAsset, tenant, false), now);
                got[tenant] += answer.CallBefore is null ? 0 : 1;
            }
        }

        Assert.InRange(got["quiet"], 400, 600);
        Assert.InRange(got["loud"] + got["quiet"], 900, 1200);
    }

    [Fact]
    public void What_Roblox_says_goes_before_what_we_believed()
    {
        var state = BudgetRules.Report(BudgetState.Empty, new(RobloxEndpoint.ReadAsset, new(Limit: 10, Remaining: 2, ResetSeconds: 30), true), Start);

        Assert.Equal(2, Granted(state, RobloxEndpoint.ReadAsset, 20, Start).Granted);
        Assert.Equal(10, Granted(state, RobloxEndpoint.ReadAsset, 20, Start.AddSeconds(31)).Granted);
    }

    [Fact]
    public void Retry_after_holds_every_asker_until_then()
    {
        var state = BudgetRules.Report(BudgetState.Empty, new(RobloxEndpoint.ReadAsset, new(RetryAfterSeconds: 42, Throttled: true), true), Start);

        var (_, answer) = BudgetRules.Ask(state, new(RobloxEndpoint.ReadAsset, "a", true), Start.AddSeconds(41));

        Assert.Equal((null, Start.AddSeconds(42)), (answer.CallBefore, answer.AskAgainAt));
    }

    [Fact]
    public void A_fifth_of_what_rollbacks_need_is_kept_for_them()
    {
        var (state, granted) = Granted(BudgetState.Empty, RobloxEndpoint.PublishPlace, 40, Start);
        Assert.Equal(24, granted);

        var (_, answer) = BudgetRules.Ask(state, new(RobloxEndpoint.PublishPlace, "a", Urgent: true), Start);
        Assert.NotNull(answer.CallBefore);
    }

    [Fact]
    public void Askers_that_must_wait_are_not_told_to_come_back_all_at_once()
    {
        var (state, _) = Granted(BudgetState.Empty, RobloxEndpoint.ReadAsset, 120, Start);
        (state, _) = Granted(state, RobloxEndpoint.ReadAsset, 0, Start);
        var times = new List<DateTimeOffset>();
        for (var n = 0; n < 240; n++)
        {
            (state, var answer) = BudgetRules.Ask(state, new(RobloxEndpoint.ReadAsset, "a", false), Start.AddSeconds(1));
            times.Add(answer.AskAgainAt);
        }

        Assert.Equal(120, times.GroupBy(at => at).Max(same => same.Count()));
    }

    [Fact]
    public void Five_failures_in_a_row_stop_all_calls_and_one_tries_after_a_while()
    {
        var (state, now) = (BudgetState.Empty, Start);
        for (var n = 0; n < 5; n++)
        {
            state = BudgetRules.Report(state, new(RobloxEndpoint.ReadAsset, RateReading.None, Answered: false), now);
        }

        Assert.Equal(0, Granted(state, RobloxEndpoint.PublishPlace, 5, now.AddSeconds(29)).Granted);
        (state, var tries) = Granted(state, RobloxEndpoint.PublishPlace, 5, now.AddSeconds(30));
        Assert.Equal(1, tries);

        var opened = BudgetRules.Report(state, new(RobloxEndpoint.ReadAsset, RateReading.None, Answered: false), now.AddSeconds(31));
        Assert.Equal(0, Granted(opened, RobloxEndpoint.PublishPlace, 5, now.AddSeconds(90)).Granted);
        var closed = BudgetRules.Report(state, new(RobloxEndpoint.ReadAsset, RateReading.None, Answered: true), now.AddSeconds(31));
        Assert.Equal(5, Granted(closed, RobloxEndpoint.PublishPlace, 5, now.AddSeconds(32)).Granted);
    }

    /// <summary>What is believed after one call of 120 a minute: 119 are left.</summary>
    [Theory]
    [InlineData(120, 119, true, false)]
    [InlineData(120, 120, true, false)]       // Roblox counts in windows of its own: more is left than we take for granted
    [InlineData(120, 118, true, true)]        // somebody else calls for this owner as well
    [InlineData(100, 119, true, true)]
    [InlineData(null, null, true, false)]
    [InlineData(null, null, false, true)]
    public void A_call_is_reported_where_it_tells_the_budget_something(int? limit, int? remaining, bool answered, bool isNews)
    {
        var (_, answer) = BudgetRules.Ask(BudgetState.Empty, new(RobloxEndpoint.ReadAsset, "a", false), Start);

        Assert.Equal(isNews, answer.IsNews(new(RobloxEndpoint.ReadAsset, new(limit, remaining, ResetSeconds: 20), answered)));
    }

    [Fact]
    public void After_a_failure_every_call_is_reported()
    {
        var state = BudgetRules.Report(BudgetState.Empty, new(RobloxEndpoint.ReadAsset, RateReading.None, Answered: false), Start);
        var (_, answer) = BudgetRules.Ask(state, new(RobloxEndpoint.PublishPlace, "a", false), Start);

        Assert.True(answer.IsNews(new(RobloxEndpoint.PublishPlace, RateReading.None, Answered: true)));
    }

    private static (BudgetState State, int Granted) Granted(BudgetState state, RobloxEndpoint endpoint, int asks, DateTimeOffset now)
    {
        var granted = 0;
        for (var n = 0; n < asks; n++)
        {
            (state, var answer) = BudgetRules.Ask(state, new(endpoint, "a", false), now);
            granted += answer.CallBefore is null ? 0 : 1;
        }

        return (state, granted);
    }
}
