using System.Security.Cryptography;

namespace Gateway.Actors.Certificates.Tokens;

/// <summary>An ECDSA key whose private half can only be asked to sign.</summary>
sealed class TokenEcdsa : ECDsa
{
    readonly ECParameters _public;
    readonly Func<byte[], byte[]> _sign;

    /// <param name="publicKey">Curve and point.</param>
    /// <param name="sign">Signs a hash; the answer is r and s, each of the curve's length.</param>
    public TokenEcdsa(ECParameters publicKey, Func<byte[], byte[]> sign)
    {
        (_public, _sign) = (publicKey, sign);
        KeySizeValue = publicKey.Q.X!.Length * 8;
    }

    public override byte[] SignHash(byte[] hash) => _sign(hash);

    public override bool VerifyHash(byte[] hash, byte[] signature)
    {
        using var verifying = Create(_public);
        return verifying.VerifyHash(hash, signature);
    }

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("The key does not leave its token.") : _public;

    public override ECParameters ExportExplicitParameters(bool includePrivateParameters) => throw new NotSupportedException();

    public override void ImportParameters(ECParameters parameters) => throw new NotSupportedException();

    public override void GenerateKey(ECCurve curve) => throw new NotSupportedException();
}
