using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Billing;

/// <summary>An application with what billing's tests ask of it and of the simulated Stripe.</summary>
public sealed class BillingApplication : ApplicationOnServices
{
    /// <summary>Posts a body to Stripe's webhook, signed.</summary>
    public async Task<int> PostEvent(string body, string? signature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", signature ?? EventUtility.GenerateSignatureHeader(body, "whsec_local"));
        using var answer = await Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>What the simulated Stripe lists at a path.</summary>
    public async Task<JsonArray> Stripe(string path)
    {
        var address = (await Application.ServicesAsync()).Single(service => service.Name == "stripe").Address!;
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "sk_test_local");
        return JsonNode.Parse(await http.GetStringAsync(path))!["data"]!.AsArray();
    }

    /// <summary>A number that the application's login reads in the control plane.</summary>
    public async Task<long> Count(string sql)
    {
        var settings = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(Data, "services.json")))!["Values"]!;
        await using var database = NpgsqlDataSource.Create(settings["DatabaseConnection"]!.GetValue<string>());
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>The tests that need an application of their own, one after the other.</summary>
[CollectionDefinition("billing application")]
public sealed class BillingApplicationCollection : ICollectionFixture<BillingApplication>;
