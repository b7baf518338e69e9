using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Identity;

/// <summary><c>--create-operator-key</c>: makes an installation's first operator's key and prints it, once.</summary>
public static class CreateOperatorKey
{
    /// <summary>The command line option.</summary>
    public const string Option = "--create-operator-key";

    /// <summary>The process's exit code: 0 when the key was made, 1 when there is one already.</summary>
    public static async Task<int> Run(IServiceProvider services, TextWriter output, TextWriter errors)
    {
        if (await services.GetRequiredService<OperatorKeys>().CreateFirst(CancellationToken.None) is not { } secret)
        {
            await errors.WriteLineAsync("There is an operator's key already: this makes the first one only.");
            return 1;
        }

        await output.WriteLineAsync($"The operator's key, shown this once: {secret}");
        return 0;
    }
}
