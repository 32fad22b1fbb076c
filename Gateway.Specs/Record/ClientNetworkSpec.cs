using Gateway.Actors.Record;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class ClientNetworkSpec
{
    [Theory]
    [InlineData("192.0.2.7", new[] { "192.0.2.7:" })]
    [InlineData("192.0.2.0/24", new[] { "192.0.2." })]
    [InlineData("192.0.2.6/31", new[] { "192.0.2.6:", "192.0.2.7:" })]
    [InlineData("192.0.4.0/22", new[] { "192.0.4.", "192.0.5.", "192.0.6.", "192.0.7." })]
    [InlineData("10.0.0.0/8", new[] { "10." })]
    [InlineData("0.0.0.0/0", new string[0])]
    [InlineData("2001:DB8::7", new[] { "[2001:db8::7]:" })]
    public void A_network_is_the_beginnings_of_its_addresses_texts(string text, string[] prefixes) =>
        Assert.Equal(prefixes, ClientNetwork.Parse(text)!.Value.Prefixes);

    [Theory]
    [InlineData("192.0.2.7/33")]
    [InlineData("2001:db8::/32")]
    [InlineData("somewhere")]
    public void Anything_else_is_none(string text) => Assert.Null(ClientNetwork.Parse(text));
}
