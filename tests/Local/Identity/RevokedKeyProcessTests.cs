using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using ToolboxAI.Tests.Local.Services;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Identity;

/// <summary>Keys taken back through one process while another one takes them, over HTTP.</summary>
[Collection("processes")]
public sealed class RevokedKeyProcessTests : ApplicationOnServices
{
    private const int Keys = 20;
    private const string Operator = "tbx_local_operator_key";
    private const string OperatorId = "key_development_operator";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_a_revocation_was_answered_no_process_takes_the_key_any_more()
    {
        await using var other = await RunningApplication.StartAsync(attach: Path.Combine(Data, "services.json"));
        await AddKeys();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(async number =>
        {
            // Calls in both processes, one after the other, while the key is taken back at some moment among them.
            var (calls, begins) = (0, 10 + (number * 7));
            Task<HttpResponseMessage>? revocation = null;
            while (revocation?.IsCompleted != true)
            {
                var status = await StatusOf(calls % 2 == 0 ? other.Http : Http, $"tbx_revoked_{number}");
                Assert.True(status is HttpStatusCode.OK || revocation is not null, $"{status} before the key was revoked");
                revocation ??= ++calls >= begins ? Revoke($"key_revoked_{number}") : null;
            }

            using var answer = await revocation;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            for (var call = 0; call < 4; call++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(call % 2 == 0 ? other.Http : Http, $"tbx_revoked_{number}"));
            }
        }));

        var first = await (await Revoke("key_revoked_0")).Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(("key_revoked_0", "demo", "Lost"), (Text(first, "id"), Text(first, "tenant"), Text(first, "name")));
        var again = await (await Revoke("key_revoked_0")).Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(Text(first, "revokedAt"), Text(again, "revokedAt"));
        Assert.Contains("Key key_revoked_0 of demo is revoked since", Application.Process.Output);

        Assert.Equal((HttpStatusCode.NotFound, "key_not_found"), await Refusal("key_nobody_s"));
        Assert.Equal((HttpStatusCode.NotFound, "key_not_found"), await Refusal("tbx_revoked_0"));
        Assert.Equal((HttpStatusCode.Conflict, "last_operator_key"), await Refusal(OperatorId));
        Assert.Equal(HttpStatusCode.OK, (await Send(HttpMethod.Get, "/api/v1/admin/secrets", key: Operator)).StatusCode);
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private Task<HttpResponseMessage> Revoke(string id) => Send(HttpMethod.Post, $"/api/v1/admin/keys/{id}/revoke", key: Operator);

    private async Task<(HttpStatusCode Status, string? Code)> Refusal(string id)
    {
        using var answer = await Revoke(id);
        return (answer.StatusCode, Text(await answer.Content.ReadFromJsonAsync<JsonElement>(Ct), "code"));
    }

    private static async Task<HttpStatusCode> StatusOf(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/billing/dunning");
        request.Headers.Add("X-Api-Key", key);
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private async Task AddKeys()
    {
        await using var database = NpgsqlDataSource.Create(StoredSettings.Value(Path.Combine(Data, "services.json"), "DatabaseConnection"));
        await using var add = database.CreateCommand("""
            INSERT INTO toolbox.api_keys (id, key_hash, tenant, name, scopes, created_at)
            SELECT 'key_revoked_' || n, sha256(convert_to('tbx_revoked_' || n, 'UTF8')), 'demo', 'Lost', '{billing:read}', '2026-01-01'
            FROM generate_series(0, $1 - 1) n
            """);
        add.Parameters.Add(new() { Value = Keys });
        await add.ExecuteNonQueryAsync(Ct);
    }
}
