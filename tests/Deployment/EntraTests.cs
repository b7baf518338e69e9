using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>
/// The database of an environment, from the first login to the application's: the pipeline's and the operator's own scripts, on a real
/// PostgreSQL whose administrator has the rights of an Entra administrator on Azure. Doubles are the function that makes an Entra login,
/// and who gives tokens out; a token is a password, as it is for Azure.
/// </summary>
public sealed class EntraTests
{
    private const string Pipeline = "toolbox-staging";
    private const string PipelineToken = "eyJ0eXAi.pipeline.token";
    private const string Identity = "0f0e0d0c-0b0a-4908-8706-050403020100";
    private const string IdentityToken = "eyJ0eXAi.identity.token";

    /// <summary>The server as the templates make it: an administrator of Entra, the database, the function that makes logins.</summary>
    private static readonly string[] Server =
    [
        "CREATE ROLE azure_pg_admin NOLOGIN CREATEROLE CREATEDB",
        $"""CREATE ROLE "{Pipeline}" LOGIN CREATEROLE PASSWORD '{PipelineToken}' IN ROLE azure_pg_admin""",
        "CREATE DATABASE toolbox OWNER azure_pg_admin",
        $"""
        CREATE FUNCTION pgaadauth_create_principal_with_oid(role text, oid text, kind text, admin bool, mfa bool) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', role, '{IdentityToken}');
            EXECUTE format('COMMENT ON ROLE %I IS %L', role, kind || ' ' || oid);
            RETURN role;
        END $$
        """,
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_an_empty_server_to_the_first_key_by_tokens_alone()
    {
        using var script = new ScriptRun().Needs("psql");
        using var server = await ScratchServer.StartAsync();
        await server.RunAsync(Server);
        script.Double("az", $$"""case "$*" in *--query*) echo '{{PipelineToken}}';; *) echo '{"accessToken":"{{PipelineToken}}","expiresOn":"2099-01-01 00:00:00.000000"}';; esac""")
            .Double("psql", $"PGSSLMODE=disable PGPORT={server.Port} exec '{ScriptRun.Find("psql")}' \"$@\"")
            .Double("dotnet", Dotnet(server));
        var environment = new Dictionary<string, string> { ["databaseHostName"] = "127.0.0.1", ["identityPrincipalId"] = Identity, ["keyVaultName"] = "kv-1", ["DATABASE_ADMIN_NAME"] = Pipeline };

        // The pipeline's part, twice: the second time changes nothing.
        var (migrated, applied, refusal) = await script.RunAsync("migrate.sh", environment);
        Assert.True(migrated == 0, refusal);
        Assert.Contains("applied 0001_control_plane.sql", applied);
        Assert.Equal((0, "", ""), await script.RunAsync("migrate.sh", environment));
        Assert.Equal($"service {Identity}", await server.AskAsync("SELECT shobj_description('toolbox_app'::regrole, 'pg_authid')"));

        // The first key, by its hash: no hash, then the first time, then again.
        var hash = Convert.ToHexStringLower(SHA256.HashData("tbx_of_an_operator"u8));
        Assert.Equal(1, await Key(script, environment, "tbx_of_an_operator") is var (none, _, advice) && advice.Contains("takes the SHA-256 of a key", StringComparison.Ordinal) ? none : -1);
        Assert.Equal((0, "The operator's key of that hash is in place.\n", ""), await Key(script, environment, hash));
        Assert.Equal((0, "There is an operator's key already: nothing is done.\n", ""), await Key(script, environment, hash));

        // Another in its place, once and again; none in the place of one that is not there.
        var other = Convert.ToHexStringLower(SHA256.HashData("tbx_of_another"u8));
        Dictionary<string, string> Old(string key) => new(environment) { ["OLD_OPERATOR_KEY"] = key };
        Assert.Equal((0, "The operator's key of that hash is in the old one's place.\n", ""), await Key(script, Old(hash), other));
        Assert.Equal((0, "The operator's key of that hash is in the old one's place.\n", ""), await Key(script, Old(hash), other));
        Assert.Equal((1, "", "There is no operator's key of that id or hash.\n"), await Key(script, Old("key_nobody_s"), other));

        // The application's part: its token comes from the platform, and with it it sees what is there.
        var asked = new ConcurrentQueue<string>();
        await using var platform = await PlatformAsync(asked);
        var (code, said) = await ApplicationAsync(server, platform.Urls.Single());
        Assert.Equal(1, code);
        Assert.StartsWith("There is an operator's key already", said, StringComparison.Ordinal);
        Assert.Contains($"the-header resource=https://ossrdbms-aad.database.windows.net client_id={Identity}", asked);
        Assert.DoesNotContain(script.Calls, call => call.Contains(PipelineToken, StringComparison.Ordinal));
    }

    private static Task<(int ExitCode, string Output, string Error)> Key(ScriptRun script, Dictionary<string, string> environment, string hash) =>
        script.RunAsync("operator-key.sh", new Dictionary<string, string>(environment) { ["OPERATOR_KEY_SHA256"] = hash });

    /// <summary><c>dotnet run</c> of what is built already, without TLS, which the server here does not speak.</summary>
    private static string Dotnet(ScratchServer server)
    {
        var plain = $"sed 's/SSL Mode=VerifyFull/SSL Mode=Disable;Port={server.Port}/'";
        return $"""
            while [ "$1" != -- ]; do shift; done; shift
            export DatabaseConnection="$(echo "$DatabaseConnection" | {plain})"
            case "$1" in
              --migrate) exec {Program("ToolboxAI.Local.Services")} "$1" "$2" "$3" "$(echo "$4" | {plain})" ;;
              *) unset AZURE_FUNCTIONS_ENVIRONMENT; exec {Program("ToolboxAI.Functions")} "$@" --port {RunningApplication.FreePort()} ;;
            esac
            """;
    }

    private static string Program(string name) => $"'{BuiltProgram.Dotnet}' '{Path.Combine(AppContext.BaseDirectory, name + ".dll")}'";

    private static async Task<(int Code, string Error)> ApplicationAsync(ScratchServer server, string platform)
    {
        var start = BuiltProgram.Start("ToolboxAI.Functions", "--create-operator-key", "--port", $"{RunningApplication.FreePort()}");
        start.RedirectStandardError = true;
        start.Environment.Remove("AZURE_FUNCTIONS_ENVIRONMENT");
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["IDENTITY_ENDPOINT"] = platform + "/msi/token",
            ["IDENTITY_HEADER"] = "the-header",
            ["AZURE_CLIENT_ID"] = Identity,
            ["DatabaseConnection"] = $"Host=127.0.0.1;Port={server.Port};Database=toolbox;Username=toolbox_app",
            ["DatabaseAuthentication"] = "entra",
            ["KeyVault__Uri"] = "https://kv-1.vault.azure.net/",
            ["ServiceBusConnection__fullyQualifiedNamespace"] = "unused.invalid",
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromMinutes(2), Ct);
        return (process.ExitCode, await error);
    }

    /// <summary>The platform's endpoint for tokens (learn.microsoft.com/azure/app-service/overview-managed-identity, REST endpoint).</summary>
    private static async Task<WebApplication> PlatformAsync(ConcurrentQueue<string> asked)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            asked.Enqueue($"{http.Request.Headers["X-IDENTITY-HEADER"]} resource={http.Request.Query["resource"]} client_id={http.Request.Query["client_id"]}");
            await http.Response.WriteAsJsonAsync(new { access_token = IdentityToken, expires_on = "4102444800", resource = "db", token_type = "Bearer", client_id = Identity });
        });
        await app.StartAsync(Ct);
        return app;
    }
}
