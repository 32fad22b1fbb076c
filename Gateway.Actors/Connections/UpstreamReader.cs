using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols;

namespace Gateway.Actors.Connections;

/// <summary>Reads where the traffic goes and how that leg is verified.</summary>
sealed class UpstreamReader(ConnectionFiles files)
{
    readonly UpstreamLoginReader _login = new(files);

    public UpstreamTarget Read(YamlFields upstream, ProtocolEntry protocol)
    {
        var host = upstream.RequiredText("host");
        upstream.Require(
            host.Length == 0 || Uri.CheckHostName(host) != UriHostNameType.Unknown, "host", "is neither a host name nor an address", "correct the name");
        var plaintext = Plaintext(upstream);
        var tls = upstream.Map("tls", ConnectionFields.UpstreamTls);
        var allowTls12 = tls.Choice("minimumVersion", ["1.3", "1.2"]) == "1.2";
        return new UpstreamTarget
        {
            Host = host,
            Port = upstream.Number("port", 1, 65535, otherwise: null),
            Plaintext = plaintext,
            AllowTls12 = allowTls12,
            Rules = TlsRulesReader.Read(tls, allowTls12),
            ServerName = tls.Text("serverName") ?? host,
            OtherNames = Names(tls),
            Authorities = tls.Certificates("authorities", files),
            Revocation = RevocationReader.Read(tls, files),
            ClientCertificate = ClientCertificate(tls),
            Certificate = tls.CertificateName("certificate"),
            Login = _login.Read(upstream, protocol),
        };
    }

    static IReadOnlyList<string> Names(YamlFields tls)
    {
        var names = tls.Texts("names");
        foreach (var name in names.Where(name => Uri.CheckHostName(name) == UriHostNameType.Unknown))
            tls.Fault("names", $"\"{name}\" is neither a host name nor an address", "write each name in full; no pattern is taken");
        return names;
    }

    static bool Plaintext(YamlFields upstream)
    {
        if (upstream.Has("plaintext") && upstream.Has("tls")) upstream.Fault("plaintext", "is given together with tls", "keep one of them");
        if (!upstream.Has("plaintext") && !upstream.Has("tls"))
            upstream.Fault("tls", "is required", "add tls: {}, or plaintext: allowed to go without");
        if (upstream.Text("plaintext") is not { } word) return false;
        upstream.Require(word == "allowed", "plaintext", "is not a known value", "write plaintext: allowed, or remove it");
        return word == "allowed";
    }

    X509Certificate2? ClientCertificate(YamlFields tls)
    {
        if (!tls.Has("clientCertificate") && !tls.Has("clientKey")) return null;
        if (tls.Has("certificate")) tls.Fault("certificate", "is given together with clientCertificate and clientKey", "keep the one or the others");
        if (!tls.Has("clientKey")) tls.Fault("clientKey", "is missing although clientCertificate is given", "name the private key (PEM)");
        if (!tls.Has("clientCertificate")) tls.Fault("clientCertificate", "is missing although clientKey is given", "name the certificate (PEM)");
        if (tls.Secret("clientKey", files) is not { } key || tls.Text("clientCertificate") is not { } certificate) return null;
        var pair = files.WithKey(certificate, key, out var problem);
        tls.Report("clientCertificate", problem);
        return pair;
    }
}
