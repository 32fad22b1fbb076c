using System.Buffers.Binary;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>Obeys the commands of <see cref="RawDialogue"/>.</summary>
sealed class RawBackendConnection(TlsConnection tls, byte[] scratch, byte[] source) : BackendConnection(tls)
{
    readonly byte[] _command = new byte[RawDialogue.CommandBytes];
    int _commandRead;
    long _remaining;

    // Where in the source a download goes on.
    int _at;

    protected override bool Talk()
    {
        while (true)
        {
            var progress = Flush();
            if (progress > 0) progress = _remaining == 0 ? ReadCommand() : Obey();
            if (progress <= 0) return progress == TlsConnection.WouldBlock;
        }
    }

    int ReadCommand()
    {
        var read = Tls.Read(_command.AsSpan(_commandRead));
        if (read <= 0) return read;
        _commandRead = (_commandRead + read) % _command.Length;
        if (_commandRead == 0) _remaining = BinaryPrimitives.ReadInt64BigEndian(_command.AsSpan(1));
        return read;
    }

    int Obey()
    {
        var progress = _command[0] switch
        {
            RawDialogue.Download => Tls.Write(source.AsSpan(_at, (int)Math.Min(_remaining, Math.Min(Dialogue.BlockBytes, source.Length - _at)))),
            RawDialogue.Sink => Tls.Read(scratch.AsSpan(0, (int)Math.Min(_remaining, scratch.Length))),
            RawDialogue.Echo => Tls.Read(scratch.AsSpan(0, (int)Math.Min(_remaining, Room))),
            _ => TlsConnection.Closed,
        };
        if (progress <= 0) return progress;
        _remaining -= progress;
        if (_command[0] == RawDialogue.Download) _at = (_at + progress) % source.Length;
        if (_command[0] == RawDialogue.Echo) Queue(scratch.AsSpan(0, progress));
        else if (_command[0] == RawDialogue.Sink && _remaining == 0) Queue([1]);
        return progress;
    }
}
