using System.Net.Http.Headers;
using System.Text.Json;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>An answer as it came.</summary>
internal sealed record StripeAnswer(string Method, string Path, int Status, JsonElement Body, HttpResponseHeaders Headers)
{
    public string Id => Text("id");

    public string Text(string name) => Body.GetProperty(name).GetString()!;

    public JsonElement Error => Body.GetProperty("error");

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.First() : null;
}

/// <summary>Plain HTTP to the simulator, for what no client library would send.</summary>
internal sealed class StripeHttp(string address) : IDisposable
{
    private readonly HttpClient http = new();

    /// <summary>All that was answered.</summary>
    public List<StripeAnswer> Answers { get; } = [];

    public string? Authorization { get; set; } = "Bearer sk_test_anything";

    public Task<StripeAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<StripeAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<StripeAnswer> PostAsync(string path, string form = "", string? key = null) => SendAsync(HttpMethod.Post, path, form, key);

    public void Dispose() => http.Dispose();

    private async Task<StripeAnswer> SendAsync(HttpMethod method, string path, string? form = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, address + path);
        if (Authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Authorization);
        }

        if (form is not null)
        {
            request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var answer = new StripeAnswer(method.Method, path.Split('?')[0], (int)response.StatusCode, document.RootElement.Clone(), response.Headers);
        lock (Answers)
        {
            Answers.Add(answer);
        }

        return answer;
    }
}
