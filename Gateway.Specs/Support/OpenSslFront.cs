using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Specs.Support;

/// <summary>The gateway's side of handshakes with <c>openssl s_client</c>, over either engine. Whoever gets in is told "bye".</summary>
sealed class OpenSslFront : IDisposable
{
    readonly ITlsEngine _engine;
    readonly AddressLimits _addresses = new(new LimitOptions(), TimeProvider.System);
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly TestCertificates _authority;
    readonly bool _ownsAuthority;
    readonly FixedCertificates _node;

    /// <summary>Another front with the same authority is another node of the same cluster.</summary>
    public OpenSslFront(
        TicketKeyRing? tickets = null, TestCertificates? authority = null, FixedCertificates? own = null, string engine = "openssl")
    {
        (_engine, _authority, _ownsAuthority) = (EngineBench.Engine(engine, tickets), authority ?? new(), authority is null);
        _node = own ?? new FixedCertificates(_authority.Server(), _authority.Authorities);
        _authority.WriteAuthority(Folder.PathOf("ca.crt"));
        _listener.Start();
    }

    public ConfigurationFolder Folder { get; } = new();

    public async Task<(ClientHandshake Gateway, string Client)> MeetAsync(
        ConnectionProfile profile, string arguments, bool trust = true, TimeProvider? time = null, bool says = true)
    {
        var trusting = trust ? $" -CAfile {Folder.PathOf("ca.crt")}" : "";
        using var client = Start($"s_client -connect {_listener.LocalEndpoint} -servername localhost{trusting} {arguments}");
        var socket = await _listener.AcceptSocketAsync(_deadline.Token);
        var accepted = new AcceptedConnection(socket, profile, (IPEndPoint)socket.RemoteEndPoint!);
        var gateway = await ServerHandshake.SecureAsync(
            accepted, _addresses, _engine, _node, new PendingChallenges(TimeProvider.System), NoRevocation.Asked, time ?? TimeProvider.System, _deadline.Token);
        if (gateway.Verdict.IsGranted)
        {
            await gateway.Verdict.Value.Stream.WriteAsync(ReadOnlyMemory<byte>.Empty, _deadline.Token);
            if (says) await gateway.Verdict.Value.Stream.WriteAsync("bye\n"u8.ToArray(), _deadline.Token);
            gateway.Verdict.Value.Dispose();
        }

        var (words, faults) = (client.StandardOutput.ReadToEndAsync(_deadline.Token), client.StandardError.ReadToEndAsync(_deadline.Token));
        return (gateway, string.Concat(await words, await faults));
    }

    public void Dispose()
    {
        _listener.Dispose();
        if (_ownsAuthority) _authority.Dispose();
        _deadline.Dispose();
        Folder.Dispose();
    }

    static Process Start(string arguments) => Process.Start(new ProcessStartInfo(Tool.Path("openssl"), arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
