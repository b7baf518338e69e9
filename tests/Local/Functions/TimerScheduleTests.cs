using System.Globalization;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class TimerScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z")]
    [InlineData("30 0 0 * * *", "2026-01-01T00:00:30Z", "2026-01-02T00:00:30Z")]
    [InlineData("0 0 9-17/4 * * MON-FRI", "2026-01-02T13:30:00Z", "2026-01-02T17:00:00Z")]
    [InlineData("0 0 9-17/4 * * MON-FRI", "2026-01-02T17:30:00Z", "2026-01-05T09:00:00Z")]
    [InlineData("0 0 0 1 Jan,jul *", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("*/15 * * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:00:15Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("01:30:00", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z")]
    [InlineData("24:00:00", "2026-01-01T00:00:00Z", "2026-01-25T00:00:00Z")]
    public void The_next_run_is_the_first_after_a_moment(string text, string from, string expected) =>
        Assert.Equal(At(expected), TimerSchedule.Parse(text, TimeZoneInfo.Utc).Next(At(from)));

    [Theory]
    [InlineData("0 0 25 * * *")]
    [InlineData("0 0 * *")]
    [InlineData("soon")]
    [InlineData("00:00:00")]
    [InlineData("* * * * * * *")]
    public void What_is_no_schedule_is_refused(string text) =>
        Assert.Throws<FormatException>(() => TimerSchedule.Parse(text, TimeZoneInfo.Utc));

    [Fact]
    public void A_schedule_without_further_runs_has_no_next() =>
        Assert.Null(TimerSchedule.Parse("0 0 0 30 2 *", TimeZoneInfo.Utc).Next(At("2026-01-01T00:00:00Z")));

    [Fact]
    public void A_daily_run_keeps_its_wall_time_through_the_year()
    {
        var schedule = TimerSchedule.Parse("0 30 7 * * *", Berlin);
        Assert.Equal(At("2026-01-01T06:30:00Z"), schedule.Next(At("2026-01-01T00:00:00Z")));
        Assert.Equal(At("2026-07-01T05:30:00Z"), schedule.Next(At("2026-07-01T00:00:00Z")));
    }

    [Fact]
    public void A_daily_run_in_the_hour_that_is_left_out_comes_an_hour_later_by_the_wall()
    {
        // 29 March 2026, 02:00 becomes 03:00.
        var schedule = TimerSchedule.Parse("0 30 2 * * *", Berlin);
        Assert.Equal([At("2026-03-28T01:30:00Z"), At("2026-03-29T01:30:00Z"), At("2026-03-30T00:30:00Z")], Runs(schedule, "2026-03-27T12:00:00Z", 3));
    }

    [Fact]
    public void A_daily_run_in_the_hour_that_comes_twice_runs_once()
    {
        // 25 October 2026, 03:00 becomes 02:00.
        var schedule = TimerSchedule.Parse("0 30 2 * * *", Berlin);
        Assert.Equal([At("2026-10-25T00:30:00Z"), At("2026-10-26T01:30:00Z")], Runs(schedule, "2026-10-24T12:00:00Z", 2));
    }

    [Theory]
    [InlineData("2026-03-28T23:30:00Z")]
    [InlineData("2026-10-24T22:30:00Z")]
    public void An_hourly_run_comes_every_hour_also_when_the_clocks_change(string from)
    {
        var runs = Runs(TimerSchedule.Parse("0 0 * * * *", Berlin), from, 6);
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.Equal(TimeSpan.FromHours(1), pair.Second - pair.First));
    }

    [Fact]
    public void The_shortest_gap_tells_how_frequent_a_schedule_is()
    {
        Assert.Equal(TimeSpan.FromMinutes(30), TimerSchedule.Parse("0 0,30 9 * * *", TimeZoneInfo.Utc).ShortestGap(At("2026-01-01T00:00:00Z")));
        Assert.Equal(TimeSpan.FromDays(1), TimerSchedule.Parse("0 0 3 * * *", TimeZoneInfo.Utc).ShortestGap(At("2026-01-01T00:00:00Z")));
    }

    private static List<DateTimeOffset?> Runs(TimerSchedule schedule, string from, int count)
    {
        var runs = new List<DateTimeOffset?>();
        DateTimeOffset? moment = At(from);
        for (var i = 0; i < count; i++)
        {
            runs.Add(moment = schedule.Next(moment!.Value));
        }

        return runs;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
