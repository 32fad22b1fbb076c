using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>The key that is an account at an ACME server: ECDSA P-256, signing as ES256 (RFC 7518 section 3.4). Safe for use from several threads.</summary>
public sealed class AcmeAccountKey : IDisposable
{
    readonly ECDsa _key;

    AcmeAccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        // RFC 7638 section 3.2: the members that matter, in this order, without spaces.
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));
    }

    /// <summary>The public part as JSON (RFC 7517).</summary>
    public string Jwk { get; }

    /// <summary>SHA-256 of <see cref="Jwk"/> in base 64 for URLs.</summary>
    public string Thumbprint { get; }

    public static AcmeAccountKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Throws <see cref="InvalidDataException"/> for anything but a private key of this kind.</summary>
    public static AcmeAccountKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256 && key.ExportParameters(includePrivateParameters: true).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return new AcmeAccountKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Told below, without the cause, which may quote the key.
        }

        key.Dispose();
        throw new InvalidDataException("it is no private key (PEM, ECDSA P-256)");
    }

    /// <summary>The private key. To be kept sealed.</summary>
    public string ExportPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>What proves to the server that whoever answers a challenge holds this account. RFC 8555 section 8.1.</summary>
    public string Authorize(string token) => $"{token}.{Thumbprint}";

    internal byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}
