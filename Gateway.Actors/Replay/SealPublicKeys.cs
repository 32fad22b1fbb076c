using System.Security.Cryptography;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>The public keys an auditor trusts to have sealed recordings, found by the key identifier of the seal.</summary>
public sealed class SealPublicKeys : IDisposable
{
    const string Label = "PUBLIC KEY";

    readonly Dictionary<string, ECDsa> _keys = [];

    SealPublicKeys()
    {
    }

    /// <summary>Lower-case hex of every key's identifier.</summary>
    public IEnumerable<string> Ids => _keys.Keys;

    /// <summary>
    /// Every <c>PUBLIC KEY</c> of the text, one PEM or several; anything else in it is passed over, so that a private key is never taken
    /// in. Throws <see cref="InvalidDataException"/> when a key is not ECDSA P-256, or there is none.
    /// </summary>
    public static SealPublicKeys FromPem(string pem)
    {
        var keys = new SealPublicKeys();
        try
        {
            for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
            {
                if (rest[found.Label].SequenceEqual(Label))
                    keys.Add(rest[found.Location]);
            }
            return keys._keys.Count > 0 ? keys : throw new InvalidDataException("The text holds no public key in PEM.");
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    public ECDsa? Find(ReadOnlySpan<byte> keyId) => _keys.GetValueOrDefault(Convert.ToHexStringLower(keyId));

    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
    }

    void Add(ReadOnlySpan<char> pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
                throw new InvalidDataException("A public key is on another curve than P-256.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidDataException("A public key is not for ECDSA.", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
        if (!_keys.TryAdd(Convert.ToHexStringLower(SessionSeal.KeyIdOf(key)), key))
            key.Dispose();
    }
}
