using System.Diagnostics;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>Waits for what happens elsewhere.</summary>
public static class Eventually
{
    public static async Task True(Func<Task<bool>> condition, int seconds = 20)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(seconds), $"It did not happen in {seconds} s.");
            await Task.Delay(20);
        }
    }

    public static Task True(Func<bool> condition, int seconds = 20) => True(() => Task.FromResult(condition()), seconds);
}
