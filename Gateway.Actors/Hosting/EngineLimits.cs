using Gateway.Actors.Connections;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Actors.Hosting;

/// <summary>Rules of connections that the TLS engine of a node cannot keep: told before a port opens, not found out by a client.</summary>
static class EngineLimits
{
    public static IEnumerable<ConfigurationFault> Faults(string file, IEnumerable<ConnectionProfile> profiles, TlsEngineChoice engine)
    {
        var isOpenSsl = TlsEngines.UsesOpenSsl(engine);
        return profiles.SelectMany(profile => (IEnumerable<ConfigurationFault>)
        [
            .. Faults($"{file}: {profile.Name}: spec.tls", profile.ClientTls.Rules, isOpenSsl),
            .. Faults($"{file}: {profile.Name}: spec.upstream.tls", profile.Upstream.Rules, isOpenSsl),
        ]);
    }

    /// <summary>The documents with those faults added.</summary>
    public static LoadedConnections Check(LoadedConnections loaded, string name, TlsEngineChoice engine) =>
        loaded with { Faults = [.. loaded.Faults, .. Faults(name, loaded.Profiles, engine)] };

    static IEnumerable<ConfigurationFault> Faults(string path, TlsRules rules, bool isOpenSsl)
    {
        if (!isOpenSsl && rules.Groups is not null) yield return Unable($"{path}.groups");
        if (!isOpenSsl && rules.SignatureAlgorithms is not null) yield return Unable($"{path}.signatureAlgorithms");
        if (!isOpenSsl || rules.Groups is not { } groups) yield break;
        foreach (var group in groups.Where(group => !OpenSslEngine.HasGroup(group)))
            yield return new($"{path}.groups", group, "is a group that this node's OpenSSL does not have", "remove it, or give the node OpenSSL 3.5 or later");
    }

    static ConfigurationFault Unable(string path) =>
        new(path, null, "cannot be kept by the engine sslstream", "set Gateway:Tls:Engine to openssl, or remove the field");
}
