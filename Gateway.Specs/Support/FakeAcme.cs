using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Actors.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Specs.Support;

/// <summary>
/// An ACME server on loopback for what no real one does: every answer can be replaced. Without that it issues one certificate, for one name, and believes
/// whatever it is told.
/// </summary>
sealed class FakeAcme : IAsyncDisposable
{
    readonly TestCertificates _authority = new("Fake ACME CA");
    readonly ConfigurationFolder _folder = new();
    readonly WebApplication _server;
    int _nonces;

    FakeAcme()
    {
        _server = LoopbackHttps.Build(_authority.Server());
        _server.Run(AnswerAsync);
    }

    public Uri Url { get; private set; } = new("https://localhost");

    public TestCertificates Authority => _authority;

    /// <summary>Answers in the place of what is there, by the path's first word: <c>dir</c>, <c>nonce</c>, <c>account</c>, <c>order</c> and so on.</summary>
    public Dictionary<string, RequestDelegate> Instead { get; } = new(StringComparer.Ordinal);

    /// <summary>The first words of all paths that were asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What orders asked for, in order.</summary>
    public ConcurrentQueue<JsonNode> Orders { get; } = new();

    /// <summary>The name that its authorization is for.</summary>
    public string Name { get; set; } = "edge.test";

    public string AuthorizationStatus { get; set; } = "pending";

    /// <summary>The chain that is handed out (PEM), made when an order is finalized; null before.</summary>
    public string? Chain { get; set; }

    /// <summary>What the directory has beside the usual.</summary>
    public JsonObject MoreDirectory { get; set; } = [];

    public static async Task<FakeAcme> StartAsync()
    {
        var fake = new FakeAcme();
        await fake._server.StartAsync();
        fake.Url = new Uri($"https://localhost:{fake._server.Port()}");
        return fake;
    }

    public AcmeOptions Options() => new()
    {
        Name = "pebble",
        Directory = $"{Url}dir",
        AuthoritiesFile = _authority.WriteAuthority(_folder.PathOf("ca.crt")),
        TermsAgreed = true,
    };

    /// <summary>Answers with JSON of any content.</summary>
    public static Task Json(HttpContext http, JsonNode json, int status = 200, string type = "application/json") => Text(http, json.ToJsonString(), status, type);

    public static Task Text(HttpContext http, string text, int status, string type)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text);
    }

    public static Task Problem(HttpContext http, int status, string type, string detail) => Json(
        http, new JsonObject { ["type"] = $"urn:ietf:params:acme:error:{type}", ["detail"] = detail }, status, "application/problem+json");

    public JsonObject Order(string status) => new()
    {
        ["status"] = status,
        ["authorizations"] = new JsonArray($"{Url}authorization/1"),
        ["finalize"] = $"{Url}finalize/1",
        ["certificate"] = status == "valid" ? $"{Url}certificate/1" : null,
    };

    public JsonObject Authorization(string status, string token = "tokenOfThisServer") => new()
    {
        ["status"] = status,
        ["identifier"] = new JsonObject { ["type"] = "dns", ["value"] = Name },
        ["challenges"] = new JsonArray(
            new JsonObject { ["type"] = "dns-01", ["url"] = $"{Url}challenge/2", ["token"] = token },
            new JsonObject { ["type"] = "tls-alpn-01", ["url"] = $"{Url}challenge/1", ["token"] = token }),
    };

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    async Task AnswerAsync(HttpContext http)
    {
        var what = http.Request.Path.Value!.Split('/')[1];
        Asked.Enqueue(what);
        http.Response.Headers["Replay-Nonce"] = $"nonce{Interlocked.Increment(ref _nonces)}";
        if (Instead.TryGetValue(what, out var instead)) await instead(http);
        else await Usual(what, http);
    }

    async Task Usual(string what, HttpContext http)
    {
        switch (what)
        {
            case "dir":
                await Json(http, DirectoryOf());
                break;
            case "nonce":
                break;
            case "account":
                http.Response.Headers.Location = $"{Url}account/1";
                await Json(http, new JsonObject { ["status"] = "valid" }, 201);
                break;
            case "order":
                Orders.Enqueue(await PayloadAsync(http));
                http.Response.Headers.Location = $"{Url}placed/1";
                await Json(http, Order("pending"), 201);
                break;
            case "placed":
                await Json(http, Order(Chain is null ? "ready" : "valid"));
                break;
            case "authorization":
                await Json(http, Authorization(AuthorizationStatus));
                break;
            case "challenge":
                AuthorizationStatus = "valid";
                await Json(http, new JsonObject());
                break;
            case "finalize":
                Chain ??= Issue(Base64Url.DecodeFromChars((string)(await PayloadAsync(http))["csr"]!));
                await Json(http, Order("valid"));
                break;
            case "certificate":
                await Text(http, Chain!, 200, "application/pem-certificate-chain");
                break;
            default:
                http.Response.StatusCode = 404;
                break;
        }
    }

    JsonObject DirectoryOf()
    {
        var directory = new JsonObject
        {
            ["newNonce"] = $"{Url}nonce",
            ["newAccount"] = $"{Url}account",
            ["newOrder"] = $"{Url}order",
            ["revokeCert"] = $"{Url}revoke",
            ["keyChange"] = $"{Url}key",
        };
        foreach (var (name, value) in MoreDirectory) directory[name] = value?.DeepClone();
        return directory;
    }

    string Issue(byte[] request)
    {
        var asked = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        asked.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority.Authority, true, false));
        var now = TimeProvider.System.GetUtcNow();
        using var key = _authority.Authority.GetECDsaPrivateKey()!;
        using var issued = asked.Create(
            _authority.Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return issued.ExportCertificatePem() + "\n" + _authority.Authority.ExportCertificatePem();
    }

    static async Task<JsonNode> PayloadAsync(HttpContext http)
    {
        var signed = await JsonNode.ParseAsync(http.Request.Body);
        return JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars((string)signed!["payload"]!)))!;
    }
}
