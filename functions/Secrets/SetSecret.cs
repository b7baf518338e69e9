using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Functions.Secrets;

/// <summary>
/// <c>--set-secret NAME</c>: adds a version of a secret, read from standard input so that it stands in no shell history and no list of
/// processes. For an installation's first secrets, which rotations replace later, and for tenants' Open Cloud keys.
/// </summary>
public static class SetSecret
{
    /// <summary>The command line option.</summary>
    public const string Option = "--set-secret";

    /// <summary>The process's exit code: 0 when the version was added, 1 when the name or the value is refused.</summary>
    public static async Task<int> Run(IServiceProvider services, string[] args, TextReader input, TextWriter output, TextWriter errors)
    {
        var name = args.SkipWhile(arg => arg != Option).Skip(1).FirstOrDefault() ?? "";
        if ((SecretCatalogue.Find(name) ?? SecretCatalogue.OfTenant(name)) is not { } kind)
        {
            await errors.WriteLineAsync(
                $"{Option} needs one of these names: {string.Join(", ", SecretCatalogue.All.Select(known => known.Name))}, or a tenant's roblox-N-TENANT-NAME.");
            return 1;
        }

        var value = (await input.ReadToEndAsync()).Trim();
        if (SecretCatalogue.Problem(kind, value) is { } problem)
        {
            await errors.WriteLineAsync(problem);
            return 1;
        }

        try
        {
            // The same value again is the same operation: a script that is run twice adds nothing.
            var operation = $"set-{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(kind.Name)))[..16]}";
            var added = await services.GetRequiredService<ISecrets>().Add(kind.Name, new(new(value), operation), CancellationToken.None);
            if (!added.Enabled)
            {
                await errors.WriteLineAsync($"{kind.Name} had this value before, and it is disabled: {kind.Mend}.");
                return 1;
            }

            await output.WriteLineAsync($"{kind.Name} has the version {added.Version}.");
            return 0;
        }
        catch (SecretsException e)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
