using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Specs.Support;

/// <summary>
/// A schema registry on loopback, over HTTPS with a certificate of its own authority. It answers as Confluent's does what serializers and the gateway ask
/// of one, and is not one: it takes every schema, and judges no compatibility.
/// </summary>
public sealed class FakeSchemaRegistry : IAsyncDisposable
{
    sealed record Held(int Id, string Subject, int Version, string Schema, string? Type, JsonElement? References);

    readonly TestCertificates _certificates = new("Test registry CA");
    readonly X509Certificate2 _certificate;
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-registry");
    readonly List<Held> _held = [];
    readonly ConcurrentQueue<(string Path, string Authorization)> _asked = new();
    WebApplication? _server;
    int _port;

    FakeSchemaRegistry()
    {
        _certificate = _certificates.Server();
        AuthoritiesFile = _certificates.WriteAuthority(Path.Combine(_directory.FullName, "registry-ca.crt"));
    }

    public string Url => $"https://localhost:{_port}";

    public string AuthoritiesFile { get; }

    public X509Certificate2Collection Authorities => _certificates.Authorities;

    /// <summary>What a caller has to bring as its Authorization; null: nothing.</summary>
    public string? Authorization { get; set; }

    /// <summary>Who brings that as its Authorization is answered with status 503.</summary>
    public string? FailsFor { get; set; }

    /// <summary>Answers in the registry's place.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>The paths that were asked for, the gateway's and others', in their order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked.Select(asked => asked.Path)];

    /// <summary>Those that were asked for with such an Authorization.</summary>
    public IEnumerable<string> AskedWith(string authorization) => _asked.Where(asked => asked.Authorization == authorization).Select(asked => asked.Path);

    public static async Task<FakeSchemaRegistry> StartAsync()
    {
        var registry = new FakeSchemaRegistry();
        await registry.ListenAsync();
        return registry;
    }

    /// <summary>Registers a schema; yields its id.</summary>
    public int Add(string subject, string schema, string? type = null, params (string Subject, int Version)[] references)
    {
        var refers = references.Length == 0
            ? default(JsonElement?)
            : JsonSerializer.SerializeToElement(references.Select(r => new { name = r.Subject, subject = r.Subject, version = r.Version }));
        return Add(subject, schema, type, refers).Id;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }

        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }

    async Task ListenAsync()
    {
        _server = LoopbackHttps.Build(_certificate);
        _server.Use(JudgeAsync);
        _server.MapGet("/schemas/ids/{id:int}", (HttpContext http, int id) => TellAsync(http, Find(held => held.Id == id)));
        _server.MapGet("/subjects/{subject}/versions/{version:int}", (HttpContext http, string subject, int version) =>
            TellAsync(http, Find(held => held.Subject == Uri.UnescapeDataString(subject) && held.Version == version)));
        // Routing leaves a slash within a name as it was escaped.
        _server.MapPost("/subjects/{subject}", RegisterAsync);
        _server.MapPost("/subjects/{subject}/versions", RegisterAsync);
        await _server.StartAsync();
        _port = _server.Port();
    }

    async Task JudgeAsync(HttpContext http, RequestDelegate next)
    {
        _asked.Enqueue((http.Request.Path.Value!, http.Request.Headers.Authorization.ToString()));
        if (Authorization is { } wanted && http.Request.Headers.Authorization != wanted) await AnswerAsync(http, 401, new { error_code = 40101, message = "Unauthorized" });
        else if (FailsFor is { } caller && http.Request.Headers.Authorization == caller) http.Response.StatusCode = 503;
        else if (Instead is { } instead) await instead(http);
        else await next(http);
    }

    async Task RegisterAsync(HttpContext http, string subject)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var type = body.RootElement.TryGetProperty("schemaType", out var word) ? word.GetString() : null;
        JsonElement? references = body.RootElement.TryGetProperty("references", out var those) ? those.Clone() : null;
        await TellAsync(http, Add(Uri.UnescapeDataString(subject), body.RootElement.GetProperty("schema").GetString()!, type, references));
    }

    Held Add(string subject, string schema, string? type, JsonElement? references)
    {
        lock (_held)
        {
            var known = _held.Find(held => held.Subject == Uri.UnescapeDataString(subject) && held.Schema == schema);
            if (known is null) _held.Add(known = new(_held.Count + 1, subject, _held.Count(held => held.Subject == subject) + 1, schema, type, references));
            return known;
        }
    }

    Held? Find(Predicate<Held> isMeant)
    {
        lock (_held) return _held.Find(isMeant);
    }

    static Task TellAsync(HttpContext http, Held? held)
    {
        if (held is null) return AnswerAsync(http, 404, new { error_code = 40403, message = "Schema not found" });
        var answer = new Dictionary<string, object?> { ["id"] = held.Id, ["subject"] = held.Subject, ["version"] = held.Version, ["schema"] = held.Schema };
        // As Confluent's: Avro is not said.
        if (held.Type is not null and not "AVRO") answer["schemaType"] = held.Type;
        if (held.References is not null) answer["references"] = held.References;
        return AnswerAsync(http, 200, answer);
    }

    static Task AnswerAsync(HttpContext http, int status, object content)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "application/vnd.schemaregistry.v1+json");
        return http.Response.WriteAsync(JsonSerializer.Serialize(content));
    }
}
