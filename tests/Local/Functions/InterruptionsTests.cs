using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Local.ServiceBus;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class InterruptionsTests
{
    [Fact]
    public void A_trouble_that_lasts_is_told_once_a_minute_and_another_one_at_once()
    {
        var clock = new ShiftedClock();
        var interruptions = new Interruptions(clock);

        Assert.True(interruptions.IsNews(new InvalidOperationException("no sessions")));
        Assert.False(interruptions.IsNews(new InvalidOperationException("no sessions")));
        Assert.True(interruptions.IsNews(new TimeoutException("away")));
        Assert.True(interruptions.IsNews(new InvalidOperationException("no sessions")));
        clock.Shift = TimeSpan.FromMinutes(1);
        Assert.True(interruptions.IsNews(new InvalidOperationException("no sessions")));
    }
}
