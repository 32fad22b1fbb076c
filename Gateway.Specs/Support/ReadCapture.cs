using Gateway.Protocols;
using Gateway.Protocols.Reading;

namespace Gateway.Specs.Support;

/// <summary>What a protocol's reader makes of recorded bytes.</summary>
static class ReadCapture
{
    /// <summary>The bytes of a <see cref="Capture"/> as each side sent them.</summary>
    public static List<(Direction Direction, byte[] Bytes)> Relayed(string name) =>
    [
        .. Capture.Load(name).Steps.SelectMany(step => ((Direction, byte[])[])[(Direction.ToUpstream, step.ToUpstream), (Direction.ToClient, step.ToClient)])
            .Where(step => step.Item2.Length > 0),
    ];

    public static List<DecodedOperation> Read(string protocol, IEnumerable<(Direction Direction, byte[] Bytes)> pieces)
    {
        var (reader, read) = (OperationReader.Of(protocol, new ReaderLimits()), new List<DecodedOperation>());
        foreach (var (direction, bytes) in pieces) reader.Read(0, direction, bytes, read);
        reader.Finish(0, read);
        return read;
    }
}
