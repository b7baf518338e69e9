namespace ToolboxAI.Local.Installation;

/// <summary>What runs where, for a person.</summary>
public static class ServiceTable
{
    /// <summary>One line for each service.</summary>
    public static string Print(IEnumerable<ServiceState> states) => string.Join('\n', states.Select(Line));

    private static string Line(ServiceState state) => $"  {state.Name,-12}  {state.Address,-42}  {state.State,-8}  {Process(state)}".TrimEnd();

    private static string Process(ServiceState state) => state.Pid is { } pid ? $"process {pid}" : "";
}
