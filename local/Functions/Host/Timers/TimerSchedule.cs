using System.Globalization;
using NCrontab;

namespace ToolboxAI.Local.Functions;

/// <summary>When a timer runs.</summary>
internal abstract class TimerSchedule
{
    /// <summary>How many gaps between runs are looked at to tell how frequent a schedule is.</summary>
    private const int Gaps = 50;

    /// <summary>The first run after <paramref name="moment"/>; null when there is none.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset moment);

    /// <summary>The shortest time between two of the next runs.</summary>
    public TimeSpan ShortestGap(DateTimeOffset from)
    {
        var shortest = TimeSpan.MaxValue;
        var last = Next(from);
        for (var i = 0; i < Gaps && last is not null && Next(last.Value) is { } next; i++)
        {
            shortest = next - last.Value < shortest ? next - last.Value : shortest;
            last = next;
        }

        return shortest;
    }

    /// <summary>Reads six-field NCRONTAB (five fields: without seconds) or a <see cref="TimeSpan"/>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string text, TimeZoneInfo zone)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            return interval > TimeSpan.Zero ? new Every(interval) : throw new FormatException($"The schedule '{text}' is not longer than zero.");
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var cron = CrontabSchedule.TryParse(text, new() { IncludingSeconds = fields.Length == 6 })
            ?? throw new FormatException($"The schedule '{text}' is neither a six-field NCRONTAB expression nor a TimeSpan.");
        return new Cron(cron, zone, everyHour: fields[^4].Contains('*', StringComparison.Ordinal));
    }

    private sealed class Every(TimeSpan interval) : TimerSchedule
    {
        public override DateTimeOffset? Next(DateTimeOffset moment) => moment + interval;
    }

    /// <summary>
    /// Cron is about wall time. A schedule for certain hours runs once a day also on the days when the clocks change: a time that
    /// doesn't exist is moved on by the change, of a time that comes twice the first counts. A schedule for every hour or every n-th
    /// runs by elapsed time through the change.
    /// </summary>
    private sealed class Cron(CrontabSchedule cron, TimeZoneInfo zone, bool everyHour) : TimerSchedule
    {
        public override DateTimeOffset? Next(DateTimeOffset moment) => everyHour ? NextElapsed(moment) : NextWall(moment);

        private DateTimeOffset? NextWall(DateTimeOffset moment)
        {
            var wall = TimeZoneInfo.ConvertTime(moment, zone).DateTime;
            while (NextWall(wall) is { } next)
            {
                var candidate = new DateTimeOffset(next, OffsetOf(next)).ToUniversalTime();
                if (candidate > moment)
                {
                    return candidate;
                }

                wall = next;
            }

            return null;
        }

        private DateTimeOffset? NextElapsed(DateTimeOffset moment)
        {
            var offset = zone.GetUtcOffset(moment);
            if (NextWall(moment.ToOffset(offset).DateTime) is not { } wall)
            {
                return null;
            }

            var candidate = new DateTimeOffset(wall, offset);
            if (zone.GetUtcOffset(candidate) == offset)
            {
                return candidate.ToUniversalTime();
            }

            var change = FirstWithOtherOffset(moment, candidate, offset);
            var changed = TimeZoneInfo.ConvertTime(change, zone);
            return NextWall(changed.DateTime.AddSeconds(-1)) is { } next ? new DateTimeOffset(next, changed.Offset).ToUniversalTime() : null;
        }

        private DateTime? NextWall(DateTime wall)
        {
            var next = cron.GetNextOccurrence(wall, DateTime.MaxValue);
            return next == DateTime.MaxValue ? null : next;
        }

        private TimeSpan OffsetOf(DateTime wall)
        {
            if (zone.IsInvalidTime(wall))
            {
                return zone.GetUtcOffset(wall.AddDays(-1));
            }

            return zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        }

        private DateTimeOffset FirstWithOtherOffset(DateTimeOffset before, DateTimeOffset after, TimeSpan offset)
        {
            while (after - before > TimeSpan.FromSeconds(1))
            {
                var middle = before + ((after - before) / 2);
                (before, after) = zone.GetUtcOffset(middle) == offset ? (middle, after) : (before, middle);
            }

            return DateTimeOffset.FromUnixTimeSeconds(after.ToUnixTimeSeconds());
        }
    }
}
