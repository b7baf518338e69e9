namespace ToolboxAI.Local.Services;

/// <summary>What runs where, for a person.</summary>
internal static class ServiceTable
{
    public static string Print(IReadOnlyList<ServiceState> states)
    {
        var lines = states.Select(state => $"  {state.Name,-12}  {state.Address,-46}  {state.State,-8}  {state.Pid}".TrimEnd());
        return string.Join('\n', lines);
    }
}
