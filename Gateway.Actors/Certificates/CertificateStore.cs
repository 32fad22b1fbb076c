using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Certificates;

/// <summary>
/// The managed certificates as this node holds them: it follows the registry, opens each version as soon as it is there, judges it, and presents what is
/// active from the moment it reads so. Listeners and sessions are not touched: handshakes ask for every certificate anew. Safe for use from several
/// threads; <see cref="Find"/> takes no lock.
/// </summary>
public sealed partial class CertificateStore : INodeCertificates, IDisposable
{
    readonly INodeCertificates _own;
    readonly IRegistry _registry;
    readonly CertificateStoreParts _parts;
    readonly Lock _updating = new();
    // SHA-256 of every version for nodes that was ever held here: a node may take a few seconds to present the next.
    readonly ConcurrentDictionary<string, bool> _ofNodes = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, ExpiryAlarm> _alarms = new(StringComparer.Ordinal);
    CertificatesState _read = CertificatesState.Empty;
    volatile ImmutableDictionary<string, HeldCertificate> _held = ImmutableDictionary.Create<string, HeldCertificate>(StringComparer.Ordinal);
    volatile X509Certificate2Collection _authorities = [];

    /// <param name="own">The certificate the node begins with.</param>
    /// <param name="registry">Read already: what is active is presented from the first handshake on.</param>
    /// <param name="parts">What it needs.</param>
    public CertificateStore(INodeCertificates own, IRegistry registry, CertificateStoreParts parts)
    {
        (_own, _registry, _parts) = (own, registry, parts);
        // In this order, so that no change falls between the two.
        registry.Subscribe(snapshot => Update(snapshot.Certificates));
        Update(registry.Current.Certificates);
    }

    public SslStreamCertificateContext Current => OfNodes is { } held && Find(held.Name) is { IsGranted: true } managed ? managed.Value : _own.Current;

    /// <summary>What stands for nodes; null for nothing.</summary>
    HeldCertificate? OfNodes =>
        _parts.NodeCertificate is { } name && _held.GetValueOrDefault(name) is { Profile.MayStandForNodes: true } held ? held : null;

    /// <summary>Those of the node's files, and the cluster's own that are trusted.</summary>
    public X509Certificate2Collection ClusterAuthorities => _parts.NodeCertificate is null ? _own.ClusterAuthorities : [.. _own.ClusterAuthorities, .. _authorities];

    /// <summary>
    /// A node is who has a certificate of the authorities in the node's files; of what the cluster's own issued, only who has a version of the
    /// certificate that stands for nodes: operators can declare certificates, and must not become nodes by it. What they revoked is no node's.
    /// </summary>
    public bool IsNode(X509Certificate2 certificate, X509Chain chain)
    {
        if (_registry.Current.IsRevoked(certificate, _parts.Time.GetUtcNow())) return false;
        var ofFiles = _own.ClusterAuthorities;
        if (chain.ChainElements.Any(e => ofFiles.Any(a => a.RawDataMemory.Span.SequenceEqual(e.Certificate.RawDataMemory.Span)))) return true;
        return _ofNodes.ContainsKey(TlsFacts.Sha256(certificate));
    }

    /// <summary>The trusted authorities of the cluster's own, roots and intermediates.</summary>
    public X509Certificate2Collection ManagedAuthorities => [.. _authorities];

    /// <summary>How every managed certificate stands here, by name.</summary>
    public IReadOnlyCollection<HeldCertificate> Held => [.. _held.Values.OrderBy(h => h.Name, StringComparer.Ordinal)];

    public Verdict<SslStreamCertificateContext> Find(string? name)
    {
        if (name is null) return Current;
        if (!_held.TryGetValue(name, out var held))
            return new Refused(Refusal.GatewayCertificateUnavailable, $"there is no certificate {name}; declare it with: gateway apply -f");
        var now = _parts.Time.GetUtcNow();
        return held.Presented(now) is { Context: { } context } presented && presented.Alarm(now) < ExpiryAlarm.Critical
            ? context
            : new Refused(Refusal.GatewayCertificateUnavailable, $"certificate {name} {held.Trouble(now)}");
    }

    /// <summary>Why no session that needs the certificate may begin here; null when it may.</summary>
    public string? Problem(string name, DateTimeOffset now)
    {
        if (!_held.TryGetValue(name, out var held)) return $"there is no certificate {name}";
        return held.Presented(now) is { } presented && presented.Alarm(now) < ExpiryAlarm.Critical ? null : $"certificate {name} {held.Trouble(now)}";
    }

    /// <summary>What this node says of a version.</summary>
    public HeldVersion? Sight(string name, uint version) => _held.GetValueOrDefault(name)?.Versions.FirstOrDefault(v => v.Number == version);

    /// <summary>What this node presents of a certificate in files, null for nothing, and what is wrong with them; empty for nothing.</summary>
    public (HeldVersion? Held, string Problem) OfFiles(string name)
    {
        if (!_held.TryGetValue(name, out var held) || !held.IsOfFiles) return (null, "cannot be read by this node: its declaration names a file or issuer that is not there");
        var now = _parts.Time.GetUtcNow();
        var presented = held.Presented(now);
        if (held.FileProblem.Length > 0) return (presented, held.FileProblem);
        return presented is null || presented.Alarm(now) != ExpiryAlarm.None ? (presented, held.Trouble(now)) : (presented, "");
    }

    /// <summary>Whether this node has read that the version is presented from now on.</summary>
    public bool IsActive(string name, uint version) => _held.GetValueOrDefault(name)?.Of.Active?.Number == version;

    public void Dispose() => (_own as IDisposable)?.Dispose();

    void Update(CertificatesState state)
    {
        lock (_updating)
        {
            if (ReferenceEquals(state, _read) && _held.Count > 0) return;
            var before = _held;
            if (!ReferenceEquals(state.Authorities, _read.Authorities)) _authorities = Trusted(state);
            _read = state;
            var ofNode = _parts.OfNode.Where(p => !state.All.ContainsKey(p.Name)).Select(p => before.GetValueOrDefault(p.Name) ?? OfNode(p));
            _held = state.All.Values.ToImmutableDictionary(
                certificate => certificate.Name,
                certificate => Read(certificate, before.GetValueOrDefault(certificate.Name)),
                StringComparer.Ordinal)
                .AddRange(ofNode.Select(held => KeyValuePair.Create(held.Name, held)));
            foreach (var version in OfNodes?.Versions ?? []) if (version.Facts is { } facts) _ofNodes[facts.Sha256] = true;
        }
    }

    // As if it were registered, by nobody: the node's administrator keeps it.
    HeldCertificate OfNode(CertificateProfile profile)
    {
        var nobody = new Protocols.Journal.Act { Id = "", At = 0, Who = "", Issuer = "", Address = "", NodeKey = "" };
        return new HeldCertificate(new ManagedCertificate(profile.Name, "", 0, nobody), profile, []) { Files = Look(profile.Name, WatchedFiles.None, profile) };
    }

    HeldCertificate Read(ManagedCertificate certificate, HeldCertificate? before)
    {
        if (before is not null && ReferenceEquals(before.Of, certificate)) return before;
        var profile = before is not null && before.Of.Revision == certificate.Revision ? before.Profile : _parts.Read(certificate);
        var versions = certificate.Versions.Select(v => before?.Versions.FirstOrDefault(h => h.Number == v.Number) ?? Open(certificate, v));
        var held = new HeldCertificate(certificate, profile, [.. versions]);
        return held.IsOfFiles ? held with { Files = Look(held.Name, before?.Files ?? WatchedFiles.None, profile!) } : held;
    }

    /// <summary>Looks at the files of certificates that are kept in files here. Reading them this often costs nothing that could be measured.</summary>
    public void LookAtFiles()
    {
        lock (_updating)
        {
            foreach (var held in _held.Values.Where(h => h.IsOfFiles))
            {
                var files = Look(held.Name, held.Files, held.Profile!);
                if (!ReferenceEquals(files, held.Files)) _held = _held.SetItem(held.Name, held with { Files = files });
            }
        }
    }

    /// <summary>Tells, once per level, which certificates near their end with nothing to take their place.</summary>
    public void TellAlarms()
    {
        var now = _parts.Time.GetUtcNow();
        foreach (var held in _held.Values)
        {
            var alarm = held.Presented(now)?.Alarm(now) ?? (held.Of.Active is null ? ExpiryAlarm.None : ExpiryAlarm.Expired);
            if (_alarms.GetValueOrDefault(held.Name) != alarm && alarm != ExpiryAlarm.None) LogAlarm(_parts.Log, held.Name, alarm, held.Trouble(now));
            _alarms[held.Name] = alarm;
        }
    }

    WatchedFiles Look(string name, WatchedFiles before, CertificateProfile profile)
    {
        var files = before.Look(profile, _parts.Time.GetUtcNow());
        if (ReferenceEquals(files, before)) return files;
        if (files.Problem.Length > 0) LogKept(_parts.Log, name, files.Problem);
        else LogTaken(_parts.Log, name, files.Good!.Facts!.Serial, files.Good.Facts.NotAfter);
        return files;
    }

    HeldVersion Open(ManagedCertificate certificate, CertificateVersion version)
    {
        var key = _parts.Key.OpenFor(certificate.Name, version.Number, version.SealedKey);
        if (key is null) return Faulty(certificate.Name, version, "was not sealed with this node's cluster key; give all nodes one key, then rotate it");
        try
        {
            // Its names and purpose were judged when it was issued; the declaration may have changed since.
            var opened = ChainCheck.Open(version.Chain, key, [], null, _parts.Time.GetUtcNow(), out var problem);
            return opened is null
                ? Faulty(certificate.Name, version, problem!)
                : new HeldVersion(version.Number, Context(opened), CertificateFacts.Of(version), version.IssuedAt, "");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    HeldVersion Faulty(string name, CertificateVersion version, string problem)
    {
        LogFaulty(_parts.Log, name, version.Number, problem);
        return new HeldVersion(version.Number, null, null, version.IssuedAt, problem);
    }

    // Offline: what is sent along is what was issued, and nothing is downloaded to complete it.
    internal static SslStreamCertificateContext Context(PresentedChain opened) =>
        SslStreamCertificateContext.Create(opened.Certificate, opened.Along, offline: true);

    static X509Certificate2Collection Trusted(CertificatesState state) =>
        [.. state.Authorities.Values.Where(a => a.IsTrusted).SelectMany(a => a.Chain).Select(der => X509CertificateLoader.LoadCertificate(der.Span))];

    [LoggerMessage(352, LogLevel.Error, "Certificate {Name}, version {Version}, cannot be presented by this node: it {Problem}")]
    static partial void LogFaulty(ILogger log, string name, uint version, string problem);

    [LoggerMessage(355, LogLevel.Error, "Certificate {Name} is in alarm ({Alarm}): it {Trouble}")]
    static partial void LogAlarm(ILogger log, string name, ExpiryAlarm alarm, string trouble);

    [LoggerMessage(353, LogLevel.Information, "Certificate {Name} was taken from its files: serial {Serial}, until {Until:u}")]
    static partial void LogTaken(ILogger log, string name, string serial, DateTimeOffset until);

    [LoggerMessage(354, LogLevel.Error, "Certificate {Name} {Problem}; what was presented before stays")]
    static partial void LogKept(ILogger log, string name, string problem);
}

/// <summary>What a node's store of certificates needs.</summary>
public sealed record CertificateStoreParts
{
    /// <summary>Opens sealed keys.</summary>
    public required ClusterKey Key { get; init; }

    /// <summary>Reads a declaration as this node does; null when it cannot.</summary>
    public required Func<ManagedCertificate, CertificateProfile?> Read { get; init; }

    /// <summary>Those that the node's own connections file declares, which are in files of the node; registered ones of their names win.</summary>
    public IReadOnlyList<CertificateProfile> OfNode { get; init; } = [];

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>The managed certificate that stands for the node itself, in the admin API and towards other nodes; null: the node's own files.</summary>
    public string? NodeCertificate { get; init; }
}
