using System.Buffers.Binary;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>Sends requests one after the other, each once that before it is answered by a frame, whatever its length.</summary>
sealed class Asking(TlsConnection connection, IReadOnlyList<byte[]> requests, byte[] scratch) : LoadTask(connection)
{
    readonly byte[] _size = new byte[sizeof(int)];
    int _request;
    int _sent;
    long _owedOfSize = sizeof(int);
    long? _owed;

    protected override bool Talk()
    {
        for (; _request < requests.Count; _request++)
        {
            if (!Send(requests[_request], ref _sent) || !Receive(ref _owedOfSize, _size)) return false;
            _owed ??= BinaryPrimitives.ReadUInt32BigEndian(_size);
            var owed = _owed.Value;
            var isAnswered = Receive(ref owed, scratch);
            _owed = owed;
            if (!isAnswered) return false;
            (_sent, _owedOfSize, _owed) = (0, sizeof(int), null);
        }

        return true;
    }
}
