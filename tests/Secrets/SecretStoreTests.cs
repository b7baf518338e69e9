using System.Security.Cryptography;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

public sealed class SecretsInMemory : SecretsContract
{
    protected override ISecrets Secrets { get; } = new InMemorySecrets(new TestClock());
}

/// <summary>The encrypted file.</summary>
public sealed class SecretsInAFile : SecretsContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private readonly SecretsFileOptions options;

    public SecretsInAFile()
    {
        options = new() { Path = Path.Combine(folder, "secrets"), KeyFile = Path.Combine(folder, "key") };
        NewKey();
        Secrets = new FileSecrets(options, new TestClock());
    }

    protected override ISecrets Secrets { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_it_can_be_read_without_the_key()
    {
        await Secrets.Add("stripe-api-key", new(new("planted-value"), "a"), Ct);

        var file = await File.ReadAllBytesAsync(options.Path, Ct);
        Assert.Equal(-1, file.AsSpan().IndexOf("planted-value"u8));
        Assert.Equal(-1, file.AsSpan().IndexOf("stripe-api-key"u8));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.Path));
        }

        NewKey();
        var e = await Assert.ThrowsAsync<SecretsException>(() => Secrets.Versions("stripe-api-key", Ct));
        Assert.Contains("does not fit the key", e.Message);
    }

    [Fact]
    public async Task A_changed_byte_is_noticed()
    {
        await Secrets.Add("stripe-api-key", new(new("one"), "a"), Ct);
        var file = await File.ReadAllBytesAsync(options.Path, Ct);
        file[^1] ^= 1;
        await File.WriteAllBytesAsync(options.Path, file, Ct);

        await Assert.ThrowsAsync<SecretsException>(() => Secrets.Versions("stripe-api-key", Ct));
    }

    [Fact]
    public async Task Many_that_write_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            new FileSecrets(options, TimeProvider.System).Add("stripe-api-key", new(new($"{i}"), $"operation-{i}"), Ct)));

        Assert.Equal(20, (await Secrets.Versions("stripe-api-key", Ct)).Count);
    }

    [Fact]
    public async Task A_key_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps rights elsewhere.");
            return;
        }

        File.SetUnixFileMode(options.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var e = await Assert.ThrowsAsync<SecretsException>(() => Secrets.Add("stripe-api-key", new(new("one"), "a"), Ct));
        Assert.Contains("chmod 600", e.Message);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void NewKey()
    {
        File.WriteAllText(options.KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(options.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
