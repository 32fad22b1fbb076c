using Gateway.Protocols;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.Specs.Support;

/// <summary>A protocol is added to these specs by its captures alone.</summary>
public sealed class EveryCutSpec(ITestOutputHelper log)
{
    public static TheoryData<string> Sound => new(Capture.Names(refused: false));

    public static TheoryData<string> Refused => new(Capture.Names(refused: true));

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_capture_comes_out_the_same_at_every_cut(string name) => EveryCut.Passes(Capture.Load(name), Seed());

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refused_capture_is_refused_at_every_cut(string name) => EveryCut.Refuses(Capture.Load(name), Seed());

    [Fact]
    public void Every_protocol_has_captures() =>
        Assert.Equal(
            ProtocolCatalog.All.Select(p => p.Name).Order(StringComparer.Ordinal),
            Capture.Names(refused: false).Select(n => n.Split('/')[0]).Distinct());

    int Seed()
    {
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        return seed;
    }
}
