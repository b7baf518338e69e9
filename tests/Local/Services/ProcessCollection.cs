namespace ToolboxAI.Tests.Local.Services;

/// <summary>Whole installations, one at a time: each takes half a gigabyte and seconds of both cores to start.</summary>
[CollectionDefinition("processes")]
public sealed class ProcessCollection;
