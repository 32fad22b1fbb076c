using Gateway.Actors.Connections;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A connection profile as operators see it: nothing secret, and nothing that says where secrets lie.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Protocol">Null, with all that follows to the idle timeout, when this node cannot read the connection.</param>
/// <param name="Listen">Address and port in use.</param>
/// <param name="Client">The client's leg.</param>
/// <param name="Upstream">The upstream's leg.</param>
/// <param name="Access">Who is admitted by group or name; rules are in the document.</param>
/// <param name="Recording">How sessions are recorded.</param>
/// <param name="MaxSessions">Sessions at once, per node.</param>
/// <param name="IdleTimeout">After which an idle session ends.</param>
/// <param name="Origin"><c>file</c> or <c>registry</c>.</param>
/// <param name="Revision">What a change of it must refer to; 0 for one of the file.</param>
/// <param name="Problem">Why this node does not serve it; null when it does.</param>
public sealed record ConnectionView(
    string Name, string? Protocol, string? Listen, ClientLegView? Client, UpstreamLegView? Upstream, AccessView? Access,
    RecordingView? Recording, int? MaxSessions, string? IdleTimeout, string Origin, long Revision, string? Problem)
{
    public static ConnectionView Of(ServedConnection served)
    {
        var origin = served.Origin == ConnectionOrigin.File ? "file" : "registry";
        if (served.Profile is not { } profile)
            return new(served.Name, null, null, null, null, null, null, null, null, origin, served.Revision, served.Problem);
        return new(
            profile.Name, profile.Protocol.Name, profile.Listen.ToString(),
            ClientLegView.Of(profile.ClientTls), UpstreamLegView.Of(profile.Upstream),
            new AccessView(profile.Access.Issuers, profile.Access.Groups, profile.Access.Subjects), RecordingView.Of(profile.Recording),
            profile.MaxSessions, Durations.Write(profile.IdleTimeout), origin, served.Revision, served.Problem);
    }
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

/// <summary>
/// <paramref name="Level"/> is <c>full</c>, <c>metadata</c> or <c>off</c>, <paramref name="Mode"/> <c>strict</c> or <c>pipelined</c>;
/// <paramref name="WindowBytes"/> is null when strict, <paramref name="Compression"/> <c>small</c>, <c>adaptive</c> or <c>fast</c>.
/// </summary>
public sealed record RecordingView(string Level, string Mode, int? WindowBytes, string FlushAfter, string Compression)
{
    public static RecordingView Of(RecordingRules rules) => new(
        rules.Level.Word(), rules.Strict ? "strict" : "pipelined", rules.Strict ? null : rules.WindowBytes, Durations.Write(rules.FlushAfter),
        rules.Compression.ToString().ToLowerInvariant());
}

static class TlsText
{
    public static string Lowest(bool allowTls12) => allowTls12 ? "TLS 1.2" : "TLS 1.3";
}
