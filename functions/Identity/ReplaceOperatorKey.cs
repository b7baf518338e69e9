using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Identity;

/// <summary>
/// <c>--replace-operator-key OLD</c>: revokes an operator's key, given by its id or the SHA-256 of its secret, and prints a new one, once.
/// <c>--replace-operator-key OLD SHA256</c>: puts the key in its place whose secret has that hash, so that a pipeline can do it that must
/// not see the secret.
/// </summary>
public static class ReplaceOperatorKey
{
    /// <summary>The command line option.</summary>
    public const string Option = "--replace-operator-key";

    /// <summary>The process's exit code: 0 when the new key is in place, 1 when nothing was done.</summary>
    public static async Task<int> Run(IServiceProvider services, string[] args, TextWriter output, TextWriter errors)
    {
        var given = args.SkipWhile(arg => arg != Option).Skip(1).TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToList();
        if (given is not ([_] or [_, _]) || !given.Skip(1).All(ApiKeySecret.IsHash))
        {
            await errors.WriteLineAsync($"{Option} takes the old key's id or SHA-256 and, when you make the new one yourself, its SHA-256: 64 hexadecimal digits, as sha256sum gives them.");
            return 1;
        }

        var secret = ApiKeySecret.New();
        var hash = given is [_, var own] ? Convert.FromHexString(own) : ApiKeySecret.Hash(secret);
        if (await services.GetRequiredService<OperatorKeys>().Replace(given[0], hash, CancellationToken.None) is { } problem)
        {
            await errors.WriteLineAsync(problem);
            return 1;
        }

        await output.WriteLineAsync(given.Count == 2
            ? "The operator's key of that hash is in the old one's place."
            : $"The operator's key in the old one's place, shown this once: {secret}");
        return 0;
    }
}
