namespace ToolboxAI.Local.Installation;

/// <summary>
/// A local run can't start, for a reason that its user can change. The message is one line that says what to do;
/// it is printed as it stands, without a stack trace.
/// </summary>
public sealed class StartRefusedException(string message) : Exception(message);
