using Gateway.Actors.Hosting;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class HostAndPortSpec
{
    [Theory]
    [InlineData("siem.example.org:6514", "siem.example.org")]
    [InlineData("[2001:db8::1]:6514", "2001:db8::1")]
    [InlineData("2001:db8::1:6514", null)]
    [InlineData("siem.example.org", null)]
    [InlineData(":6514", null)]
    [InlineData("siem:0", null)]
    [InlineData("siem:65536", null)]
    public void A_server_is_named_by_host_and_port(string text, string? host) => Assert.Equal(host, HostAndPort.Read(text)?.Host);
}
