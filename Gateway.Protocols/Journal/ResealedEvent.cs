namespace Gateway.Protocols.Journal;

/// <summary>Something that is kept sealed was sealed again, with a newer key of the cluster's; it is the same as before.</summary>
public sealed record Resealed : RegistryEvent
{
    public const int HashLength = 32;

    public required ResealedKind Kind { get; init; }

    /// <summary>The secret, the certificate or the ACME server; empty for an authority.</summary>
    public required string Name { get; init; }

    /// <summary>The certificate's version or the authority's generation; 0 for anything else.</summary>
    public required uint Number { get; init; }

    /// <summary>SHA-256 of the sealed bytes this takes the place of: what was replaced meanwhile is left alone.</summary>
    public required ReadOnlyMemory<byte> Replaces { get; init; }

    public required ReadOnlyMemory<byte> Sealed { get; init; }
}

/// <summary>What is sealed. The numbers are part of the journal format.</summary>
public enum ResealedKind : byte
{
    Secret = 1,

    /// <summary>The private key of a certificate's version.</summary>
    Certificate = 2,

    /// <summary>The private key of an authority of the cluster's own, or where it is.</summary>
    Authority = 3,

    /// <summary>The key of an account at an ACME server.</summary>
    Account = 4,

    /// <summary>The key that is taking over from it.</summary>
    NextAccount = 5,
}

/// <summary>The layout of <see cref="Resealed"/>.</summary>
static class ResealedLayout
{
    /// <summary><c>r.resealed.1</c>: act, kind byte, name text, number varint, SHA-256 of the bytes before (32), sealed bytes.</summary>
    public static void Write(EventWriter to, Resealed e)
    {
        RegistryLayouts.WriteAct(to, e.Act);
        to.Byte((byte)e.Kind);
        to.Text(e.Name);
        to.Count(e.Number);
        to.Fixed(e.Replaces.Span, Resealed.HashLength);
        to.Bytes(e.Sealed.Span, EventLimits.SealedSecret);
    }

    public static Resealed Read(ref EventReader from) => new()
    {
        Act = RegistryLayouts.ReadAct(ref from),
        Kind = (ResealedKind)from.Known((byte)ResealedKind.NextAccount, (byte)ResealedKind.Secret, "kind of what is sealed"),
        Name = from.Text(),
        Number = (uint)from.VarInt(uint.MaxValue),
        Replaces = from.Fixed(Resealed.HashLength).ToArray(),
        Sealed = from.Bytes(EventLimits.SealedSecret).ToArray(),
    };
}
