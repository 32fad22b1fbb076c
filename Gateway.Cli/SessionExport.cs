using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Cli.Pcap;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Spectre.Console;

namespace Gateway.Cli;

/// <summary>
/// <c>sessions export</c>. Whatever the recording's size one chunk of it is in memory. A recording with a gap is not exported as if it were
/// whole: what was written up to the gap stays, and the command fails. Returns an <see cref="ExitCode"/>.
/// </summary>
public sealed class SessionExport(ISessionArchive archive, CliOutput output)
{
    /// <summary>Packets are small; they are written many at once.</summary>
    const int PacketBuffer = 256 * 1024;

    static readonly byte[] s_newLine = [(byte)'\n'];

    /// <summary>
    /// JSON lines: the session, then its events and pieces of traffic, or operations where those were kept alone, in the order of the journal. Into a file,
    /// or <c>-</c> for standard output.
    /// </summary>
    public async Task<int> JsonAsync(string sessionId, string file, CancellationToken cancel)
    {
        var row = await FoundAsync(sessionId, cancel);
        await using var made = file == "-" ? null : new FileStream(file, FileMode.Create, FileAccess.Write);
        var to = made ?? output.Raw;
        await WriteLineAsync(to, writer => JsonSerializer.Serialize(writer, SessionView.Of(row), AdminJson.Default.SessionView), cancel);
        var events = WrittenAsync(archive.ReadAsync(row.SessionId, cancel), to, cancel);
        var watched = made is null && output.IsTerminal ? null : output.Progress;
        var kept = new List<OperationsRecorded>();
        return await PiecesAsync(row, events, WritePieceAsync, watched, cancel, kept.Add);

        async Task WritePieceAsync(ReplayPiece piece)
        {
            foreach (var recorded in kept)
            {
                foreach (var operation in recorded.Operations)
                    await WriteLineAsync(to, writer => ExportLines.Write(writer, recorded.StartedAt, operation), cancel);
            }

            kept.Clear();
            if (!piece.Bytes.IsEmpty) await WriteLineAsync(to, writer => ExportLines.Write(writer, piece), cancel);
        }
    }

    /// <summary>Three files: <c>session.json</c>, and the exact bytes as <c>to-upstream.bin</c> and <c>to-client.bin</c>.</summary>
    public async Task<int> RawAsync(string sessionId, string directory, CancellationToken cancel)
    {
        var row = await FoundAsync(sessionId, cancel);
        Directory.CreateDirectory(directory);
        await using var session = Create(directory, "session.json");
        await JsonSerializer.SerializeAsync(session, SessionView.Of(row), AdminJson.Indented.SessionView, cancel);
        await using var toUpstream = Create(directory, "to-upstream.bin");
        await using var toClient = Create(directory, "to-client.bin");
        return await PiecesAsync(row, archive.ReadAsync(row.SessionId, cancel), WriteAsync, output.Progress, cancel);

        async Task WriteAsync(ReplayPiece piece) =>
            await (piece.Direction == Direction.ToUpstream ? toUpstream : toClient).WriteAsync(piece.Bytes, cancel);
    }

    /// <summary>One pcapng file, or <c>-</c> for standard output: see <see cref="PcapngExport"/>.</summary>
    public async Task<int> PcapngAsync(string sessionId, string file, CancellationToken cancel)
    {
        var row = await FoundAsync(sessionId, cancel);
        await using var made = file == "-" ? null : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, PacketBuffer);
        await using var buffered = made is null ? new BufferedStream(output.Raw, PacketBuffer) : null;
        var to = made ?? (Stream)buffered!;
        var packets = new PcapngExport(row, to);
        await packets.BeginAsync(cancel);
        var watched = made is null && output.IsTerminal ? null : output.Progress;
        await PiecesAsync(row, archive.ReadAsync(row.SessionId, cancel), piece => packets.WriteAsync(piece, cancel), watched, cancel);
        await packets.EndAsync(cancel);
        await to.FlushAsync(cancel);
        return ExitCode.Ok;
    }

    async Task<SessionRow> FoundAsync(string sessionId, CancellationToken cancel) =>
        await archive.FindAsync(sessionId, cancel) ?? throw SessionQueries.None(sessionId);

    static FileStream Create(string directory, string name) => new(Path.Combine(directory, name), FileMode.Create, FileAccess.Write);

    // Traffic and operations are written as they come out of the replay, which checks that none is missing; everything else as it passes.
    static async IAsyncEnumerable<JournaledEvent> WrittenAsync(
        IAsyncEnumerable<JournaledEvent> events, Stream to, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in events.WithCancellation(cancel))
        {
            var read = SessionEventTable.ReadStored(e.Manifest, e.Bytes.Span);
            if (read is not (TrafficRecorded or OperationsRecorded or OperationsEncrypted))
                await WriteLineAsync(to, writer => ExportLines.Write(writer, e, read), cancel);
            yield return e;
        }
    }

    static async Task WriteLineAsync(Stream to, Action<Utf8JsonWriter> write, CancellationToken cancel)
    {
        var line = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(line)) write(writer);
        line.Write(s_newLine);
        await to.WriteAsync(line.WrittenMemory, cancel);
    }

    async Task<int> PiecesAsync(
        SessionRow row, IAsyncEnumerable<JournaledEvent> events, Func<ReplayPiece, Task> write, IAnsiConsole? watched,
        CancellationToken cancel, Action<OperationsRecorded>? operations = null)
    {
        var pieces = SessionReplay.PiecesAsync(archive, row.SessionId, events, ended: row.Closing is not null, operations, cancel);
        if (watched is null) await PlayAsync(null);
        else await watched.Progress().AutoClear(true).StartAsync(bar => PlayAsync(bar.AddTask("exporting", maxValue: Total(row))));
        return ExitCode.Ok;

        async Task PlayAsync(ProgressTask? bar)
        {
            await foreach (var piece in pieces)
            {
                await write(piece);
                bar?.Increment(piece.Bytes.Length);
            }
        }
    }

    // Of an open session nobody knows the total; its bar is full when it is done.
    static double Total(SessionRow row) => row.Closing is { } closing ? Math.Max(1, closing.ToUpstreamBytes + closing.ToClientBytes) : 1;
}
