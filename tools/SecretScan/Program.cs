using ToolboxAI.Tools.SecretScan;

// Ends with 1 when a file holds a secret: all tracked files, or with --staged those of the next commit.
try
{
    var staged = args.Contains("--staged");
    var root = args.FirstOrDefault(arg => !arg.StartsWith("--", StringComparison.Ordinal)) ?? Environment.CurrentDirectory;
    var found = (staged ? GitFiles.Staged(root) : GitFiles.Tracked(root))
        .SelectMany(file => SecretForms.Find(file.Text).Select(secret => $"{file.Path}:{secret.Line}: {secret.Kind}")).ToList();
    foreach (var secret in found)
    {
        Console.Error.WriteLine(secret);
    }

    if (found.Count > 0)
    {
        Console.Error.WriteLine("Take it out before it is committed. If it was pushed already, revoke it: docs/guides/secrets.md.");
    }

    return found.Count == 0 ? 0 : 1;
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
