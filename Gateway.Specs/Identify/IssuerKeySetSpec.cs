using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Actors.Identify;
using Gateway.Specs.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class IssuerKeySetSpec
{
    readonly Dictionary<string, string> _ec = new IssuerSigningKeys().EcKey();

    [Fact]
    public void A_key_is_found_by_its_id_for_its_own_algorithm_only()
    {
        var keys = Parse(_ec);

        Assert.NotNull(keys.Find(_ec["kid"], "ES256"));
        Assert.Null(keys.Find("another", "ES256"));
        Assert.Null(keys.Find(_ec["kid"], "ES384"));
        Assert.Null(keys.Find(_ec["kid"], "RS256"));
        Assert.Null(keys.Find(_ec["kid"], "HS256"));
    }

    [Fact]
    public void A_token_without_key_id_finds_the_only_fitting_key_and_none_of_several()
    {
        var other = new IssuerSigningKeys().EcKey();

        Assert.NotNull(Parse(_ec, Rsa(2048)).Find(null, "ES256"));
        Assert.Null(Parse(_ec, other).Find(null, "ES256"));
    }

    [Fact]
    public void Keys_that_must_not_verify_tokens_are_left_out()
    {
        var symmetric = new Dictionary<string, string> { ["kty"] = "oct", ["kid"] = "shared", ["k"] = new('A', 43) };

        var keys = Parse(symmetric, Rsa(1024), Changed(_ec, "use", "enc"), Changed(_ec, "kty", "OKP"));

        Assert.Equal(0, keys.Count);
    }

    [Fact]
    public void A_key_bound_to_an_algorithm_verifies_no_other()
    {
        var keys = Parse(Changed(Rsa(2048), "alg", "PS256"));

        Assert.NotNull(keys.Find(null, "PS256"));
        Assert.Null(keys.Find(null, "RS256"));
    }

    [Fact]
    public void More_keys_than_an_issuer_can_need_are_not_taken() =>
        Assert.Throws<InvalidDataException>(() => Parse([.. Enumerable.Repeat(_ec, IdentityLimits.IssuerKeys + 1)]));

    [Theory]
    [InlineData("ES384", "P-384")]
    [InlineData("ES512", "P-521")]
    public async Task Longer_curves_verify(string algorithm, string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve == "P-384" ? "nistP384" : "nistP521"));
        var signing = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "long" }, algorithm);
        var token = new JsonWebTokenHandler().CreateToken("""{"iss":"i","aud":"a","exp":4102444800}""", signing);
        var point = key.ExportParameters(false).Q;
        var found = Parse(new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = curve,
            ["kid"] = "long",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        }).Find("long", algorithm);

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token, new TokenValidationParameters { IssuerSigningKey = found, ValidIssuer = "i", ValidAudience = "a" });

        Assert.True(result.IsValid, result.Exception?.Message);
    }

    static Dictionary<string, string> Rsa(int bits)
    {
        using var key = RSA.Create(bits);
        var parameters = key.ExportParameters(false);
        return new()
        {
            ["kty"] = "RSA",
            ["kid"] = $"rsa-{bits}",
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    static Dictionary<string, string> Changed(Dictionary<string, string> key, string parameter, string value) =>
        new(key) { [parameter] = value };

    static IssuerKeySet Parse(params Dictionary<string, string>[] keys) => IssuerKeySet.Parse(JsonSerializer.Serialize(new { keys }));
}
