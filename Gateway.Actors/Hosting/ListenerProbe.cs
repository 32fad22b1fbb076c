using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Shakes hands with this node's own listeners, over its network stack, and looks at the certificate they present. A managed certificate without a listener,
/// such as one for upstreams, is proven by being held.
/// </summary>
sealed class ListenerProbe(NodeConnections connections, OwnProbes probes, GatewayOptions options, TimeProvider time) : ICertificateProbe
{
    /// <summary>A handshake with oneself; longer only on a node that is in trouble.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Handshakes with one connection's ports at once.</summary>
    const int AtOnce = 8;

    public async Task<string?> ProveAsync(string certificate, string sha256, CancellationToken cancel)
    {
        foreach (var served in connections.Served)
        {
            if (served is not { Problem: null, Profile: { } profile } || profile.ClientTls.Certificate != certificate) continue;
            if (await ProveAllAsync(profile, sha256, cancel).ConfigureAwait(false) is { } problem) return $"the listener of {profile.Name} {problem}";
        }

        // The port that was asked for: where the system chose one, nobody could name it.
        if (options.Certificates.NodeCertificate != certificate || options.Admin.Port == 0) return null;
        var admin = new IPEndPoint(IPAddress.Parse(options.Admin.Address), options.Admin.Port);
        return await ProveAsync(admin, ServerName([], admin.Address), sha256, cancel).ConfigureAwait(false) is { } fault ? $"the admin API {fault}" : null;
    }

    // A connection may have many ports, each of them a socket of its own.
    async Task<string?> ProveAllAsync(ConnectionProfile profile, string sha256, CancellationToken cancel)
    {
        var serverName = ServerName(profile.ClientTls.ServerNames, profile.Listen.Address);
        var problems = new ConcurrentQueue<string>();
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(profile.Listens, bounds, async (listen, ended) =>
        {
            if (await ProveAsync(listen, serverName, sha256, ended).ConfigureAwait(false) is { } problem) problems.Enqueue($"on {listen} {problem}");
        }).ConfigureAwait(false);
        return problems.TryPeek(out var first) ? first : null;
    }

    async Task<string?> ProveAsync(IPEndPoint listener, string serverName, string sha256, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(s_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        string? seen = null;
        try
        {
            using var probe = await probes.ConnectAsync(listener, either.Token).ConfigureAwait(false);
            await using var wire = new NetworkStream(probe.Socket, ownsSocket: false);
            await using var tls = new SslStream(wire);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = serverName,
                    // A resumed handshake shows no certificate.
                    AllowTlsResume = false,
                    // Trust is not the question here: it is this very certificate, or not.
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        (seen = shown is null ? null : Convert.ToHexStringLower(SHA256.HashData(shown.GetRawCertData()))) == sha256,
                },
                either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            if (seen == sha256) return null; // What came after is the client certificate that a probe does not have.
            return seen is null ? $"did not show a certificate ({e.GetType().Name})" : "shows another certificate";
        }

        return null;
    }

    // A name the listener serves, so that the probe is not refused for asking for another.
    static string ServerName(IReadOnlyList<string> names, IPAddress address)
    {
        if (names.Count == 0) return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "localhost" : address.ToString();
        return names.FirstOrDefault(name => !name.StartsWith("*.", StringComparison.Ordinal)) ?? $"probe{names[0][1..]}";
    }
}
