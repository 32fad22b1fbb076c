using System.Security.Cryptography.X509Certificates;

namespace Gateway.Demo;

/// <summary>Everything around the gateway: issuer, upstreams, their authority, a camera's certificate, and fresh tokens in files.</summary>
sealed class DemoSurroundings : IAsyncDisposable
{
    static readonly TimeSpan s_tokenLifetime = TimeSpan.FromMinutes(5);

    readonly DemoAuthority _authority;
    readonly DemoIssuer _issuer;
    readonly DemoBroker _broker;
    readonly DemoReceiver _receiver;
    readonly DemoFolder _folder;
    readonly ITimer _refresh;

    DemoSurroundings(DemoFolder folder, DemoAuthority authority, DemoIssuer issuer, DemoBroker broker, DemoReceiver receiver, TimeProvider time)
    {
        (_folder, _authority, _issuer, _broker, _receiver) = (folder, authority, issuer, broker, receiver);
        WriteTokens();
        _refresh = time.CreateTimer(_ => WriteTokens(), null, s_tokenLifetime / 2, s_tokenLifetime / 2);
    }

    public string SensorTokenFile => _folder.PathOf("sensor.token");

    public string AuditorTokenFile => _folder.PathOf("auditor.token");

    public static async Task<DemoSurroundings> StartAsync(DemoFolder folder, TimeProvider time)
    {
        var authority = new DemoAuthority(time);
        folder.Write("surroundings.crt", authority.Pem);
        var issuer = await DemoIssuer.StartAsync(authority.Server(), time);
        var password = DemoFolder.Password();
        folder.WriteSecret("broker.password", password);
        var broker = await DemoBroker.StartAsync(authority.Server(), password);
        var receiver = new DemoReceiver(authority.Server());
        WriteCamera(folder, authority.Client(DemoConfiguration.Camera));
        DemoConfiguration.Write(folder, issuer, broker, receiver);
        return new DemoSurroundings(folder, authority, issuer, broker, receiver, time);
    }

    /// <summary>A token that a sensor would get of the company's identity provider.</summary>
    public string SensorToken() => _issuer.Token("sensor-7", s_tokenLifetime, "telemetry");

    public async ValueTask DisposeAsync()
    {
        await _refresh.DisposeAsync();
        await _receiver.DisposeAsync();
        await _broker.DisposeAsync();
        await _issuer.DisposeAsync();
        _authority.Dispose();
    }

    static void WriteCamera(DemoFolder folder, X509Certificate2 camera)
    {
        folder.Write("camera.crt", camera.ExportCertificatePem() + "\n");
        using var key = camera.GetECDsaPrivateKey()!;
        folder.WriteSecret("camera.key", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    void WriteTokens()
    {
        _folder.WriteSecret("sensor.token", SensorToken());
        _folder.WriteSecret("auditor.token", _issuer.Token("ada", s_tokenLifetime, "auditors", "operators"));
    }
}
