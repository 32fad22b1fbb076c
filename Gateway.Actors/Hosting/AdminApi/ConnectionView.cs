using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A connection profile as operators see it: nothing secret, and nothing that says where secrets lie.</summary>
public sealed record ConnectionView(
    string Name, string Protocol, string Listen, ClientLegView Client, UpstreamLegView Upstream, AccessView Access,
    RecordingView Recording, int MaxSessions, string IdleTimeout)
{
    public static ConnectionView Of(ConnectionProfile profile) => new(
        profile.Name, profile.Protocol.Name, profile.Listen.ToString(),
        ClientLegView.Of(profile.ClientTls), UpstreamLegView.Of(profile.Upstream),
        new AccessView(profile.Access.Issuers, profile.Access.Groups, profile.Access.Subjects), RecordingView.Of(profile.Recording),
        profile.MaxSessions, Durations.Write(profile.IdleTimeout));
}

/// <summary><paramref name="ClientCertificate"/> is <c>none</c>, <c>optional</c> or <c>required</c>.</summary>
public sealed record ClientLegView(string LowestTls, IReadOnlyList<string> ServerNames, string ClientCertificate)
{
    public static ClientLegView Of(ClientTls tls) => new(TlsText.Lowest(tls.AllowTls12), tls.ServerNames, tls.ClientCertificate switch
    {
        ClientCertificateRule.None => "none",
        ClientCertificateRule.Optional => "optional",
        _ => "required",
    });
}

/// <summary><paramref name="LowestTls"/> and <paramref name="ServerName"/> are null where the profile allows plaintext.</summary>
public sealed record UpstreamLegView(string Address, string? LowestTls, string? ServerName, bool HasClientCertificate, bool HasLogin)
{
    public static UpstreamLegView Of(UpstreamTarget target) => new(
        $"{target.Host}:{target.Port}",
        target.Plaintext ? null : TlsText.Lowest(target.AllowTls12),
        target.Plaintext ? null : target.ServerName,
        target.ClientCertificate is not null, target.Login != UpstreamLogin.None);
}

public sealed record AccessView(IReadOnlyList<string> Issuers, IReadOnlyList<string> Groups, IReadOnlyList<string> Subjects);

/// <summary><paramref name="Mode"/> is <c>strict</c> or <c>pipelined</c>; <paramref name="WindowBytes"/> is null when strict.</summary>
public sealed record RecordingView(string Mode, int? WindowBytes, string FlushAfter)
{
    public static RecordingView Of(RecordingRules rules) =>
        new(rules.Strict ? "strict" : "pipelined", rules.Strict ? null : rules.WindowBytes, Durations.Write(rules.FlushAfter));
}

static class TlsText
{
    public static string Lowest(bool allowTls12) => allowTls12 ? "TLS 1.2" : "TLS 1.3";
}
