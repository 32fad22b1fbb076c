using System.Buffers;

namespace Gateway.Protocols;

/// <summary>A writer that can tell what no recording is to hold.</summary>
public interface IUnrecordedWriter : IBufferWriter<byte>
{
    /// <summary>Writes bytes that go to the peer like any others, and into no recording.</summary>
    void WriteUnrecorded(ReadOnlySpan<byte> bytes);
}
