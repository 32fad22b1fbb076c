namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the registry's events about certificates; each begins with its act, as in <see cref="RegistryLayouts"/>.</summary>
static class CertificateLayouts
{
    /// <summary><c>r.certificate-put.1</c>: act, name text, document bytes.</summary>
    public static void WritePut(EventWriter to, CertificatePut e)
    {
        Write(to, e.Act, e.Name);
        RegistryLayouts.WriteDocument(to, e.Document);
    }

    public static CertificatePut ReadPut(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text(), Document = RegistryLayouts.ReadDocument(ref from) };

    /// <summary><c>r.certificate-removed.1</c>: act, name text.</summary>
    public static void WriteRemoved(EventWriter to, CertificateRemoved e) => Write(to, e.Act, e.Name);

    public static CertificateRemoved ReadRemoved(ref EventReader from) => new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text() };

    /// <summary><c>r.rotation-ordered.1</c>: act, name text.</summary>
    public static void WriteOrdered(EventWriter to, RotationOrdered e) => Write(to, e.Act, e.Name);

    public static RotationOrdered ReadOrdered(ref EventReader from) => new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text() };

    /// <summary><c>r.certificate-issued.1</c>: act, name text, version varint, chain list of bytes, sealed key bytes, generation varint.</summary>
    public static void WriteIssued(EventWriter to, CertificateIssued e)
    {
        Write(to, e.Act, e.Name);
        to.Count(e.Version);
        WriteChain(to, e.Chain);
        to.Bytes(e.SealedKey.Span, EventLimits.SealedKey);
        to.Count(e.Generation);
    }

    public static CertificateIssued ReadIssued(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Name = from.Text(),
        Version = Number(ref from),
        Chain = ReadChain(ref from),
        SealedKey = from.Bytes(EventLimits.SealedKey).ToArray(),
        Generation = Number(ref from),
    };

    /// <summary><c>r.certificate-activated.1</c>: act, name text, version varint, node list of texts.</summary>
    public static void WriteActivated(EventWriter to, CertificateActivated e)
    {
        Write(to, e.Act, e.Name);
        to.Count(e.Version);
        WriteNodes(to, e.Nodes);
    }

    public static CertificateActivated ReadActivated(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text(), Version = Number(ref from), Nodes = ReadNodes(ref from) };

    /// <summary><c>r.certificate-proven.1</c>: act, name text, version varint, node list of texts.</summary>
    public static void WriteProven(EventWriter to, CertificateProven e)
    {
        Write(to, e.Act, e.Name);
        to.Count(e.Version);
        WriteNodes(to, e.Nodes);
    }

    public static CertificateProven ReadProven(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text(), Version = Number(ref from), Nodes = ReadNodes(ref from) };

    /// <summary><c>r.certificate-retired.1</c>: act, name text, version varint, reason text.</summary>
    public static void WriteRetired(EventWriter to, CertificateRetired e)
    {
        Write(to, e.Act, e.Name);
        to.Count(e.Version);
        to.Text(e.Reason);
    }

    public static CertificateRetired ReadRetired(ref EventReader from) =>
        new() { Act = RegistryLayouts.ReadAct(ref from), Name = from.Text(), Version = Number(ref from), Reason = from.Text() };

    /// <summary><c>r.rotation-failed.1</c>: act, name text, version varint, attempt varint, next attempt time, reason text.</summary>
    public static void WriteFailed(EventWriter to, RotationFailed e)
    {
        Write(to, e.Act, e.Name);
        to.Count(e.Version);
        to.Count(e.Attempt);
        to.Time(e.NextAttempt);
        to.Text(e.Reason);
    }

    public static RotationFailed ReadFailed(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Name = from.Text(),
        Version = Number(ref from),
        Attempt = Number(ref from),
        NextAttempt = from.Time(),
        Reason = from.Text(),
    };

    /// <summary><c>r.authority-made.1</c>: act, generation varint, chain list of bytes, sealed key bytes.</summary>
    public static void WriteMade(EventWriter to, AuthorityMade e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Count(e.Generation);
        WriteChain(to, e.Chain);
        to.Bytes(e.SealedKey.Span, EventLimits.SealedKey);
    }

    public static AuthorityMade ReadMade(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Generation = Number(ref from),
        Chain = ReadChain(ref from),
        SealedKey = from.Bytes(EventLimits.SealedKey).ToArray(),
    };

    /// <summary><c>r.authority-staged.1</c>: act, generation varint, stage byte.</summary>
    public static void WriteStaged(EventWriter to, AuthorityStaged e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Count(e.Generation);
        to.Byte((byte)e.Stage);
    }

    public static AuthorityStaged ReadStaged(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Generation = Number(ref from),
        Stage = (AuthorityStage)from.Known((byte)AuthorityStage.Retired, (byte)AuthorityStage.Prepared, "stage"),
    };

    /// <summary><c>r.acme-account-kept.1</c>: act, issuer text, directory text, url optional text, sealed key bytes, sealed next key bytes.</summary>
    public static void WriteAccount(EventWriter to, AcmeAccountKept e)
    {
        Write(to, e.Act, e.Issuer);
        to.Text(e.Directory);
        to.OptionalText(e.Url);
        to.Bytes(e.SealedKey.Span, EventLimits.SealedKey);
        to.Bytes(e.SealedNextKey.Span, EventLimits.SealedKey);
    }

    public static AcmeAccountKept ReadAccount(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Issuer = from.Text(),
        Directory = from.Text(),
        Url = from.OptionalText(),
        SealedKey = from.Bytes(EventLimits.SealedKey).ToArray(),
        SealedNextKey = from.Bytes(EventLimits.SealedKey).ToArray(),
    };

    static void Write(EventWriter to, Act act, string name)
    {
        RegistryLayouts.WriteAct(to, act);
        to.Text(name);
    }

    static uint Number(ref EventReader from) => (uint)from.VarInt(uint.MaxValue);

    static void WriteChain(EventWriter to, IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        to.ListLength(chain.Count, EventLimits.Chain);
        foreach (var certificate in chain) to.Bytes(certificate.Span, EventLimits.Certificate);
    }

    static ReadOnlyMemory<byte>[] ReadChain(ref EventReader from)
    {
        var chain = new ReadOnlyMemory<byte>[from.ListLength(EventLimits.Chain, elementBytes: 1)];
        for (var i = 0; i < chain.Length; i++) chain[i] = from.Bytes(EventLimits.Certificate).ToArray();
        return chain;
    }

    static void WriteNodes(EventWriter to, IReadOnlyList<string> nodes)
    {
        to.ListLength(nodes.Count, EventLimits.Nodes);
        foreach (var node in nodes) to.Text(node);
    }

    static string[] ReadNodes(ref EventReader from)
    {
        var nodes = new string[from.ListLength(EventLimits.Nodes, elementBytes: 1)];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = from.Text();
        return nodes;
    }
}
