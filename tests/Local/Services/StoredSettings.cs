using System.Text.Json.Nodes;
using Npgsql;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>What a data folder says about its services.</summary>
internal static class StoredSettings
{
    /// <summary>The superuser of the installation's database; only the data folder's owner knows the password.</summary>
    public static string Superuser(string data) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Read(data, "ports.json")["postgresql"]!.GetValue<int>(),
        Username = "postgres",
        Password = Read(data, "passwords.json")["postgres"]!.GetValue<string>(),
        Database = "toolbox",
        Pooling = false,
    }.ConnectionString;

    /// <summary>A value of the file that the services write for <c>--attach</c>.</summary>
    public static string Value(string file, string name) => JsonNode.Parse(File.ReadAllText(file))!["Values"]![name]!.GetValue<string>();

    private static JsonNode Read(string data, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(data, file)))!;
}
