using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class Ja4FingerprintSpec
{
    [Theory]
    [InlineData("t13d1516h2_8daaf6152771_e5627efa2ab1")]
    [InlineData("t12i010000_000000000000_000000000000")]
    [InlineData("ts3d9999Zz_8daaf6152771_000000000000")]
    public void A_fingerprint_is_asked_for_as_it_was_written(string text) => Assert.Equal(text, Ja4Fingerprint.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("t13d1516h2")]
    [InlineData("t13d1516h_8daaf6152771_e5627efa2ab1")]
    [InlineData("t13d1516h2_8daaf615277_e5627efa2ab1")]
    [InlineData("t13d1516h2_8daaf6152771_e5627efa2ab12")]
    [InlineData("t13d1516h2_8DAAF6152771_e5627efa2ab1")]
    [InlineData("t13d1516h2_8daaf6152771_e5627efa2abg")]
    [InlineData("t13d1516h2_8daaf6152771_e5627efa2ab1_")]
    [InlineData("t13d1516h%_8daaf6152771_e5627efa2ab1")]
    public void What_is_no_fingerprint_is_not_taken_for_one(string text) => Assert.Null(Ja4Fingerprint.Parse(text));

    [Fact]
    public void A_clients_fingerprint_is_one() => Assert.NotNull(Ja4Fingerprint.Parse(SampleSession.Refused.Client.Offer!.Ja4));
}
