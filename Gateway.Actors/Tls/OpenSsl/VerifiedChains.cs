using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Chains that were built and found good a moment ago, so that a peer that comes again at once is not built another: that costs as much as the
/// rest of a resumed handshake. A chain stands for the very same bytes - certificate, what came with it, trusted authorities, purpose - and no longer than the
/// first of its certificates is valid. What is judged beyond the chain (names, pins, revocation by the connection's rules) is judged each time.
/// Thread-safe.
/// </summary>
public sealed class VerifiedChains
{
    /// <summary>
    /// How long a chain stands. What could have changed meanwhile is a revocation list of the system's own that somebody exchanged on disk; those
    /// that a connection names are asked each time.
    /// </summary>
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>Chains at once. Origin: about 10 KiB each; with more peers in half a minute, some are built anew.</summary>
    const int Most = 512;

    readonly Lock _lock = new();
    readonly Dictionary<ChainKey, VerifiedChain> _chains = new(Most);

    public int Count
    {
        get { lock (_lock) return _chains.Count; }
    }

    /// <summary>Null when there is none that is good at <paramref name="now"/>.</summary>
    public VerifiedChain? Find(ChainKey key, DateTime now)
    {
        lock (_lock)
        {
            return _chains.TryGetValue(key, out var known) && now >= known.From && now < known.Until ? known : null;
        }
    }

    /// <summary>
    /// The peer's certificate of a chain that was found good before, however long ago, for one to be built with anew: sessions that last share it with those
    /// that come. Null for none.
    /// </summary>
    public X509Certificate2? Earlier(ChainKey key)
    {
        lock (_lock) return _chains.GetValueOrDefault(key)?.Certificate;
    }

    /// <summary>Keeps a chain that was found good at <paramref name="now"/>; it belongs to the keeper, and is given to many at the same time.</summary>
    public VerifiedChain Add(ChainKey key, X509Chain chain, SslPolicyErrors errors, DateTime now)
    {
        var until = now + s_longest;
        foreach (var element in chain.ChainElements)
        {
            var end = element.Certificate.NotAfter.ToUniversalTime();
            if (end < until) until = end;
        }

        var verified = new VerifiedChain(chain, errors, SealedChain.Write(chain), now, until);
        lock (_lock)
        {
            // All at once: one that is left out is only built again, and nobody has to look for the oldest.
            if (_chains.Count >= Most) _chains.Clear();
            _chains[key] = verified;
        }

        return verified;
    }
}

/// <summary>A chain that was found good, from then on until it has to be built anew.</summary>
/// <param name="Chain">Read by many at once; nobody disposes of it.</param>
/// <param name="Errors">What .NET said of it.</param>
/// <param name="Intermediates">As <see cref="SealedChain"/> writes them for a ticket.</param>
/// <param name="From">When it was built (UTC).</param>
/// <param name="Until">From then on it is not good any more (UTC).</param>
public sealed record VerifiedChain(X509Chain Chain, SslPolicyErrors Errors, byte[]? Intermediates, DateTime From, DateTime Until)
{
    /// <summary>The peer's own, in memory once for all that see it; nobody disposes of it. Null where the chain holds nobody.</summary>
    public X509Certificate2? Certificate => Chain.ChainElements.Count > 0 ? Chain.ChainElements[0].Certificate : null;
}

/// <summary>All that a chain is built from: SHA-256 of the encoded certificates and terms, each with its length.</summary>
public readonly record struct ChainKey(UInt128 High, UInt128 Low)
{
    public static ChainKey Of(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509ChainPolicy policy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, certificate.RawDataMemory.Span);
        Append(hash, intermediates);
        Append(hash, policy.CustomTrustStore);
        Span<byte> terms = [(byte)policy.TrustMode, (byte)policy.RevocationMode, (byte)policy.RevocationFlag, (byte)policy.VerificationFlags];
        Append(hash, terms);
        foreach (var purpose in policy.ApplicationPolicy) Append(hash, Encoding.ASCII.GetBytes(purpose.Value ?? ""));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(
            BinaryPrimitives.ReadUInt128BigEndian(digest),
            BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }

    static void Append(IncrementalHash hash, X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates) Append(hash, certificate.RawDataMemory.Span);
        Append(hash, ReadOnlySpan<byte>.Empty);
    }

    static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
