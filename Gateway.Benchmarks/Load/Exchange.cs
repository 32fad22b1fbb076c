using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>Sends a head, blocks in turn, a tail, then reads a reply of known length.</summary>
sealed class Exchange(TlsConnection connection, byte[] head, IReadOnlyList<byte[]> blocks, long times, byte[] tail, long reply, byte[] scratch)
    : LoadTask(connection)
{
    // The part being sent: 0 is the head, 1 to times the blocks, then the tail.
    long _part;
    int _offset;
    long _reply = reply;

    public static Exchange Opening(TlsConnection connection, Dialogue dialogue, byte[] scratch) =>
        new(connection, dialogue.Opening, [], 0, [], dialogue.OpeningReply, scratch);

    public static Exchange Upload(TlsConnection connection, Dialogue dialogue, long blocks, byte[] scratch) =>
        new(connection, dialogue.BeforeBlocks(blocks), dialogue.Blocks, blocks, dialogue.Finish, dialogue.FinishReply, scratch);

    public static Exchange Download(TlsConnection connection, long bytes, byte[] scratch) =>
        new(connection, RawDialogue.Command(RawDialogue.Download, bytes), [], 0, [], bytes, scratch);

    protected override bool Talk()
    {
        for (; _part <= times + 1; _part++, _offset = 0)
        {
            if (!Send(_part == 0 ? head : _part <= times ? blocks[(int)(_part % blocks.Count)] : tail, ref _offset)) return false;
        }

        return Receive(ref _reply, scratch);
    }
}
