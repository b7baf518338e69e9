using System.Diagnostics;
using ToolboxAI.Tools.SecretScan;

namespace ToolboxAI.Tests.House;

/// <summary>The scanner of secrets: every form is caught, and no tracked file holds one. The planted ones are put together here, so that this file holds none.</summary>
public sealed class SecretScanTests : IDisposable
{
    private const string Letters = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7bC9dE2fG4hJ6kM8nP1qR3sT5uV7wX9yZ2aB4cD6eF8gH1jK3";
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;

    public static TheoryData<string, string> Planted => new()
    {
        { "a Stripe key", "sk_live" + "_" + Letters[..24] },
        { "a Stripe key", "rk_test" + "_" + Letters[..30] },
        { "a Stripe webhook secret", "whsec" + "_" + Letters[..32] },
        { "a SendGrid key", "SG" + "." + Letters[..22] + "." + Letters[..43] },
        { "an Azure storage or Service Bus key", "DefaultEndpointsProtocol=https;AccountName=x;Account" + "Key=" + Letters[..84] + "==" },
        { "an Azure storage or Service Bus key", "Endpoint=sb://x.servicebus.windows.net/;SharedAccess" + "Key=" + Letters[..43] + "=" },
        { "a shared access signature", "https://x.blob.core.windows.net/c?sv=2024&sig" + "=" + Letters[..44] },
        { "an Azure client secret", "secret: aB3" + "8Q~" + Letters[..34] },
        { "a Roblox Open Cloud key", "x-api-" + "key: " + Letters[..64] },
        { "a Roblox cookie", "_|WARNING:-DO-NOT-SHARE-THIS" + ".--it is yours|_" + "0123456789ABCDEF0123456789ABCDEF" },
        { "a Pusher secret", "PUSHER_APP_" + "SECRET=" + "0123456789abcdef0123" },
        { "a JWT", "eyJhbGciOiJIUzI1NiJ9" + "." + "eyJzdWIiOiIxMjM0In0" + "." + Letters[..43] },
        { "a JWT signing key", "\"JwtSigning" + "Key\": \"" + Letters[..44] + "\"" },
        { "a private key", "-----BEGIN " + "PRIVATE KEY-----" },
        { "a database password", "Host=db;Username=x;Pass" + "word=" + Letters[..20] },
        { "an API key of ours", "tbx" + "_" + Letters[..43] },
    };

    [Theory, MemberData(nameof(Planted))]
    public void Every_form_is_caught_and_not_shown(string kind, string planted)
    {
        var found = SecretForms.Find($"first line\nbefore {planted} after\n").ToList();

        Assert.Contains((kind, 2), found);
        Assert.DoesNotContain(Letters[..20], string.Join(' ', found));
    }

    [Theory]
    [InlineData("sk_test_local and whsec_local and tbx_local_development_key")]
    [InlineData("Stripe__ApiKey = \"\"; the key is sk_live_… and begins with SG.")]
    [InlineData("AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==")]
    [InlineData("Password=toolbox_app")]
    public void What_guards_nothing_is_let_through(string text) => Assert.Empty(SecretForms.Find(text));

    [Fact]
    public void No_tracked_file_holds_a_secret()
    {
        List<GitFile> files;
        try
        {
            files = [.. GitFiles.Tracked(SourceTree.Root)];
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip(e.Message);
            return;
        }

        Assert.True(files.Count > 100);
        var found = files.SelectMany(file => SecretForms.Find(file.Text).Select(secret => $"{file.Path}:{secret.Line}: {secret.Kind}"));
        Assert.Equal([], found);
    }

    [Fact]
    public void A_commit_of_a_secret_is_refused_by_the_hook_and_a_clean_one_is_made()
    {
        try
        {
            Assert.Equal(0, Git("init", "-q").ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("git is not there.");
        }

        Git("config", "core.hooksPath", Path.Combine(SourceTree.Root, ".githooks"));
        var planted = Planted.Select((row, number) => (File: $"planted-{number}.txt", Kind: row.Data.Item1, Secret: row.Data.Item2)).ToList();
        foreach (var (file, _, secret) in planted)
        {
            File.WriteAllText(Path.Combine(folder, file), secret + "\n");
            Git("add", file);
            File.WriteAllText(Path.Combine(folder, file), "clean on disk, not in the index");
        }

        var (refused, said) = Git("commit", "-qm", "Everything");
        Assert.NotEqual(0, refused);
        Assert.All(planted, secret => Assert.Contains($"{secret.File}:1: {secret.Kind}", said));
        Assert.DoesNotContain(Letters[..20], said);
        Assert.NotEqual(0, Git("rev-parse", "--verify", "-q", "HEAD").ExitCode);

        Git("rm", "-qrf", "--cached", ".");
        Git("add", planted[0].File);
        var (made, why) = Git("commit", "-qm", "A clean file");
        Assert.True(made == 0, why);

        File.WriteAllText(Path.Combine(folder, planted[0].File), planted[0].Secret);
        Assert.NotEqual(0, Git("commit", "-qam", "What was clean before").ExitCode);
        Assert.Equal("1", Git("rev-list", "--count", "HEAD").Said.Trim());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private (int ExitCode, string Said) Git(params string[] args)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=Test", "-c", "user.email=test@example.org", .. args])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return (git.ExitCode, output + errors.Result);
    }
}
