namespace ToolboxAI.Local.Functions;

/// <summary>What a trigger was interrupted by: one trouble is told once a minute, however many pumps meet it and however often.</summary>
internal sealed class Interruptions(TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private string? trouble;
    private DateTimeOffset toldAt;

    public bool IsNews(Exception exception)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (trouble == exception.Message && now - toldAt < Silence)
            {
                return false;
            }

            (trouble, toldAt) = (exception.Message, now);
            return true;
        }
    }
}
