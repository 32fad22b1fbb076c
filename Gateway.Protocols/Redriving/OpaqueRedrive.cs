using System.Buffers;

namespace Gateway.Protocols.Redriving;

/// <summary>For streams without operations: the bytes as they were, and nothing is read into what comes back.</summary>
public sealed class OpaqueRedrive : Redrive
{
    public override bool CanLogIn => true;

    public override bool IsReady => true;

    public override int Awaited => 0;

    public override int MostAwaited => 1;

    public override int Refused => 0;

    public override int Skipped => 0;

    public override string? Ended => null;

    public override void Read(long at, ReadOnlySpan<byte> recorded, List<RedrivenPart> into) =>
        into.Add(new RedrivenPart(at, recorded.Length, recorded.ToArray()));

    public override void LogIn(string? token, string clientName, IBufferWriter<byte> target)
    {
    }

    public override void Write(RedrivenPart part, IBufferWriter<byte> target) => target.Write((byte[])part.Content);

    public override void Receive(ReadOnlySpan<byte> received, IBufferWriter<byte> target)
    {
    }
}
