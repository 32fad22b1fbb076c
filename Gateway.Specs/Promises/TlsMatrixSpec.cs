using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Whatever is wrong with a peer's TLS, on either leg and with either engine: one refusal by its name in the record, on the side that has
/// to change something, and not a byte of payload passed. The peers are <c>openssl</c>'s.
/// </summary>
public abstract class TlsMatrixSpec(TlsMatrixBed bed)
{
    const string Payload = "payload";

    public static TheoryData<TlsFault> Faults => [.. TlsMatrix.Cells.Keys];

    [RequiresTheory("openssl")]
    [MemberData(nameof(Faults))]
    public async Task A_client_that_is_faulty_in_one_thing_is_refused_for_it(TlsFault fault)
    {
        var cell = TlsMatrix.Cells[fault].Client;
        if (cell.Meaningless is not null) return;

        await OpenSslPeer.ConnectAsync(bed.Node.Address(TlsMatrixBed.ClientConnection(fault)), Payload, bed.ClientArguments(fault));

        var row = await EndedAsync(TlsMatrixBed.ClientConnection(fault));
        AssertRefused(cell, Side.Client, row);
        Assert.Equal(0, bed.Behind);
        // The row of a refused connection is there before its event.
        await Eventually.AssertAsync(async () =>
        {
            var offer = (await SessionBeginning.ClientAsync(bed.Node.Archive, row.SessionId, CancellationToken.None))?.Offer;
            Assert.NotNull(offer);
            Assert.Matches("^t1[0-3]i[0-9]{4}00_[0-9a-f]{12}_[0-9a-f]{12}$", offer.Ja4);
            Assert.Equal(offer.Ja4, row.Ja4);
            Assert.All((IReadOnlyList<ushort>[])[offer.Versions, offer.Suites, offer.Groups], Assert.NotEmpty);
        });
    }

    [RequiresTheory("openssl")]
    [MemberData(nameof(Faults))]
    public async Task An_upstream_that_is_faulty_in_one_thing_is_refused_for_it(TlsFault fault)
    {
        var cell = TlsMatrix.Cells[fault].Upstream;
        if (cell.Meaningless is not null || (cell.OpenSslOnly is not null && bed.Engine != "openssl")) return;
        await using var client = await TlsClient.ConnectAsync(bed.Node.Address(TlsMatrixBed.UpstreamConnection(fault)), bed.Node.AuthorityFile, bed.GoodClient());

        // In TLS 1.3 an upstream misses a certificate after the gateway's part of the handshake: its word of it may be lost when bytes it will
        // not read are on their way to it.
        if (fault != TlsFault.NoClientCertificate) await client.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Payload));
        Assert.Empty(await TlsClient.ReadToEndAsync(client));

        AssertRefused(cell, Side.Upstream, await EndedAsync(TlsMatrixBed.UpstreamConnection(fault)));
        Assert.Equal("", await bed.ReceivedAsync(fault));
    }

    [RequiresFact("openssl")]
    public async Task A_client_and_an_upstream_that_are_faulty_in_nothing_meet()
    {
        await using var client = await TlsClient.ConnectAsync(bed.Node.Address(TlsMatrixBed.ClientConnection(TlsFault.Nothing)), bed.Node.AuthorityFile, bed.GoodClient());
        await client.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Payload));
        await client.ShutdownAsync();

        var row = await EndedAsync(TlsMatrixBed.ClientConnection(TlsFault.Nothing));
        Assert.Equal((Refusal.None, Payload.Length), (row.Closing!.Refusal, row.Closing.ToUpstreamBytes));
        Assert.Equal(Payload, await bed.ReceivedAsync(TlsFault.Nothing));
    }

    static void AssertRefused(TlsCell cell, Side side, SessionRow row)
    {
        var closing = row.Closing!;
        Assert.Equal((cell.Refusal, Ending.Refused), (closing.Refusal, closing.Ending));
        Assert.Equal(side, closing.Refusal.GuiltySide());
        Assert.Contains(cell.Detail, closing.Detail, StringComparison.Ordinal);
        Assert.Equal((0, 0), (closing.ToUpstreamBytes, closing.ToClientBytes));
    }

    async Task<SessionRow> EndedAsync(string connection)
    {
        IReadOnlyList<SessionRow> rows = [];
        await Eventually.AssertAsync(async () =>
        {
            rows = await bed.Node.Archive.ListAsync(new SessionFilter { Open = false, Connection = connection }, CancellationToken.None);
            Assert.Single(rows);
        });
        return rows[0];
    }
}

/// <summary>What operators read.</summary>
public sealed class TlsMatrixDocumentSpec
{
    static readonly Dictionary<TlsFault, string> s_rows = new()
    {
        [TlsFault.Tls10] = "it speaks TLS 1.0",
        [TlsFault.Tls11] = "it speaks TLS 1.1",
        [TlsFault.WeakSuite] = "it has only weak suites",
        [TlsFault.Expired] = "its certificate is past its end",
        [TlsFault.NotYetValid] = "its certificate's time has not begun",
        [TlsFault.WrongName] = "its certificate names somebody else",
        [TlsFault.UnknownAuthority] = "an unknown authority issued its certificate",
        [TlsFault.SelfSigned] = "it issued its certificate itself",
        [TlsFault.RevokedByList] = "its authority's list has its certificate",
        [TlsFault.RevokedByResponder] = "its authority's responder says it is revoked",
        [TlsFault.BadStaple] = "it staples a bad answer",
        [TlsFault.NoClientCertificate] = "a certificate is missing",
        [TlsFault.WrongPurpose] = "its certificate is for another purpose",
    };

    [Fact]
    public void The_manual_has_the_whole_table()
    {
        var manual = File.ReadAllLines(Repository.File("docs/tls.md"));

        Assert.All(TlsMatrix.Cells, row =>
        {
            var cells = Assert.Single(manual, line => line.StartsWith($"| {s_rows[row.Key]} |", StringComparison.Ordinal)).Split('|');
            AssertTells(cells[2], row.Value.Client);
            AssertTells(cells[3], row.Value.Upstream);
        });
    }

    static void AssertTells(string told, TlsCell cell)
    {
        if (cell.Meaningless is null) Assert.StartsWith($" `{cell.Refusal.Word()}`", told, StringComparison.Ordinal);
        else Assert.DoesNotContain('`', told);
    }
}

public sealed class OpenSslMatrixSpec(OpenSslMatrixSpec.Bed bed) : TlsMatrixSpec(bed), IClassFixture<OpenSslMatrixSpec.Bed>
{
    public sealed class Bed() : TlsMatrixBed("openssl");
}

public sealed class SslStreamMatrixSpec(SslStreamMatrixSpec.Bed bed) : TlsMatrixSpec(bed), IClassFixture<SslStreamMatrixSpec.Bed>
{
    public sealed class Bed() : TlsMatrixBed("sslstream");
}
