using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Specs.Support;

/// <summary>Tokens an attacker would try. Each is sound but for the one thing its name says.</summary>
public static class ForgedTokens
{
    extension(FakeIssuer issuer)
    {
        /// <summary>Algorithm <c>none</c> and no signature (RFC 7518 section 3.6).</summary>
        public string MintUnsigned() =>
            IssuerSigningKeys.SigningInput(FakeIssuer.Header(new TokenContent { Algorithm = "none" }, null), issuer.Claims(new TokenContent())) + ".";

        /// <summary>HS256, keyed with the issuer's public RSA key: accepted by verifiers that let the token choose the kind of key.</summary>
        public string MintHmacWithPublicKey()
        {
            var header = FakeIssuer.Header(new TokenContent { Algorithm = "HS256" }, issuer.Keys.IdFor("RS256"));
            var signed = IssuerSigningKeys.SigningInput(header, issuer.Claims(new TokenContent()));
            var secret = Encoding.ASCII.GetBytes(issuer.Keys.RsaPublicPem);
            return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
        }

        /// <summary>A token of the issuer's own key (ES256) whose header and claims are these very texts.</summary>
        public string MintRaw(string header, string claims) =>
            issuer.Keys.Sign("ES256", $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}");

        /// <summary>The header of a sound token, as text.</summary>
        public string RawHeader() => JsonSerializer.Serialize(FakeIssuer.Header(new TokenContent(), issuer.Keys.IdFor("ES256")));

        /// <summary>The claims of a sound token, as text.</summary>
        public string RawClaims() => JsonSerializer.Serialize(issuer.Claims(new TokenContent()).Where(c => c.Value is not null).ToDictionary(c => c.Key, c => c.Value));

        /// <summary>Names the issuer's key, signed by another.</summary>
        public string MintForeign(string algorithm = "ES256")
        {
            var content = new TokenContent { Algorithm = algorithm };
            return new IssuerSigningKeys().Sign(algorithm, FakeIssuer.Header(content, issuer.Keys.IdFor(algorithm)), issuer.Claims(content));
        }

        /// <summary>Brings its own key along in the <c>jwk</c> header (RFC 7515 section 4.1.3); its key id is the issuer's or the attacker's own.</summary>
        public string MintWithEmbeddedKey(bool ownKeyId = false) => issuer.MintPointingAway("jwk", foreign => foreign.EcKey(), ownKeyId);

        /// <summary>Signed by another, with a header that brings that key along or says where it is (RFC 7515 sections 4.1.2 to 4.1.6).</summary>
        public string MintPointingAway(string name, Func<IssuerSigningKeys, object> value, bool ownKeyId = true)
        {
            var foreign = new IssuerSigningKeys();
            var header = FakeIssuer.Header(new TokenContent(), (ownKeyId ? foreign : issuer.Keys).IdFor("ES256"));
            header[name] = value(foreign);
            return foreign.Sign("ES256", header, issuer.Claims(new TokenContent()));
        }
    }
}
