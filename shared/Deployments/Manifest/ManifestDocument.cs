namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>A manifest as it stands in the file, before environments and variables are put in. <c>toolbox.schema.json</c> describes it.</summary>
public sealed class ManifestDocument
{
    public int Version { get; set; }

    public string Experience { get; set; } = "";

    public ManifestOwner? Owner { get; set; }

    public Dictionary<string, string> Secrets { get; set; } = [];

    public Dictionary<string, string> Variables { get; set; } = [];

    public Dictionary<string, ManifestPlace> Places { get; set; } = [];

    public Dictionary<string, ManifestAsset> Assets { get; set; } = [];

    public string? Icon { get; set; }

    public List<string> Thumbnails { get; set; } = [];

    public Dictionary<string, ManifestProduct> Products { get; set; } = [];

    public Dictionary<string, ManifestProduct> Passes { get; set; } = [];

    public Dictionary<string, object?> Configs { get; set; } = [];

    public ManifestSmoke? Smoke { get; set; }

    public ManifestPolicy Policy { get; set; } = new();

    public Dictionary<string, ManifestEnvironment> Environments { get; set; } = [];
}

/// <summary>Whose universes and assets they are: a user or a group.</summary>
public sealed class ManifestOwner
{
    public long? User { get; set; }

    public long? Group { get; set; }
}

/// <summary>A place's file.</summary>
public sealed class ManifestPlace
{
    public string File { get; set; } = "";
}

/// <summary>An asset's file and what Roblox is told of it.</summary>
public sealed class ManifestAsset
{
    public string Type { get; set; } = "";

    public string File { get; set; } = "";

    public string? Name { get; set; }

    public string Description { get; set; } = "";

    public long Price { get; set; }

    public bool InPlace { get; set; }

    public List<string> Needs { get; set; } = [];
}

/// <summary>A developer product or a pass.</summary>
public sealed class ManifestProduct
{
    public string Name { get; set; } = "";

    public long? Price { get; set; }

    public long? Id { get; set; }
}

/// <summary>The script that tests a place on staging.</summary>
public sealed class ManifestSmoke
{
    public string Script { get; set; } = "";

    public int TimeoutSeconds { get; set; } = 60;
}

/// <summary>How a release goes to production.</summary>
public sealed class ManifestPolicy
{
    public string Approval { get; set; } = "required";

    public int ApprovalHours { get; set; } = 24;

    public int WatchMinutes { get; set; } = 10;

    public double MaxErrorsPerServerMinute { get; set; } = 1;

    public int MaxPlayerDropPercent { get; set; } = 40;
}

/// <summary>Where a release goes, and what is different there.</summary>
public sealed class ManifestEnvironment
{
    public string? Inherits { get; set; }

    public long? Universe { get; set; }

    public Dictionary<string, long> Places { get; set; } = [];

    public string? Through { get; set; }

    public Dictionary<string, string> Variables { get; set; } = [];

    public Dictionary<string, object?> Configs { get; set; } = [];
}
