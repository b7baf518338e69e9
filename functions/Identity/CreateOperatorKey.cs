using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Identity;

/// <summary>
/// <c>--create-operator-key</c>: makes an installation's first operator's key and prints it, once. <c>--create-operator-key SHA256</c>:
/// adds the one whose secret hashes to these 64 hexadecimal digits, so that a pipeline can do it that must not see the secret.
/// </summary>
public static class CreateOperatorKey
{
    /// <summary>The command line option.</summary>
    public const string Option = "--create-operator-key";

    /// <summary>The process's exit code: 0 when the key was made, 1 when there is one already; with a hash 0 in both cases, 1 when it is none.</summary>
    public static async Task<int> Run(IServiceProvider services, string[] args, TextWriter output, TextWriter errors)
    {
        var keys = services.GetRequiredService<OperatorKeys>();
        if (args.SkipWhile(arg => arg != Option).Skip(1).FirstOrDefault() is { } hash && !hash.StartsWith("--", StringComparison.Ordinal))
        {
            return await Add(keys, hash, output, errors);
        }

        if (await keys.CreateFirst(CancellationToken.None) is not { } secret)
        {
            await errors.WriteLineAsync("There is an operator's key already: this makes the first one only.");
            return 1;
        }

        await output.WriteLineAsync($"The operator's key, shown this once: {secret}");
        return 0;
    }

    private static async Task<int> Add(OperatorKeys keys, string hash, TextWriter output, TextWriter errors)
    {
        if (!ApiKeySecret.IsHash(hash))
        {
            await errors.WriteLineAsync($"{Option} takes the SHA-256 of a key as 64 hexadecimal digits: printf %s \"$key\" | sha256sum.");
            return 1;
        }

        await output.WriteLineAsync(await keys.AddFirst(Convert.FromHexString(hash), CancellationToken.None)
            ? "The operator's key of that hash is in place."
            : "There is an operator's key already: nothing is done.");
        return 0;
    }
}
