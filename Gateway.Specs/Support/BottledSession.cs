using System.Buffers;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>
/// A session without sockets: calls a conversation in the order its contract demands, and keeps what each side would get.
/// </summary>
public sealed class BottledSession(Conversation conversation, OperationRules rules, UpstreamCredentials login)
{
    readonly ArrayBufferWriter<byte> _toUpstream = new();
    readonly ArrayBufferWriter<byte> _toClient = new();
    readonly ArrayBufferWriter<byte> _record = new();
    readonly List<DeniedOperation> _denied = [];
    byte[] _fromClient = [];
    byte[] _fromUpstream = [];
    bool _isAdmitted;
    bool _isLoggedIn;

    public BottledSession(Capture capture) : this(Begun(capture), capture.Rules, capture.Login)
    {
    }

    public byte[] ToUpstream => _toUpstream.WrittenSpan.ToArray();

    public byte[] ToClient => _toClient.WrittenSpan.ToArray();

    public byte[] Record => _record.WrittenSpan.ToArray();

    public IReadOnlyList<DeniedOperation> Denied => _denied;

    public Refusal Refusal { get; private set; }

    public string? Detail { get; private set; }

    public ClientProof? Proof { get; private set; }

    /// <summary>Takes bytes of one side; after a refusal nothing is read any more.</summary>
    public void Feed(Direction direction, ReadOnlySpan<byte> chunk)
    {
        if (Refusal != Refusal.None) return;
        if (_isLoggedIn)
        {
            Relay(direction, chunk);
            return;
        }

        if (direction == Direction.ToUpstream)
            _fromClient = [.. _fromClient, .. chunk];
        else
            _fromUpstream = [.. _fromUpstream, .. chunk];
        if (!_isAdmitted) ReadLogin();
        if (_isAdmitted && Refusal == Refusal.None) ReadUpstreamLogin();
    }

    /// <summary>Both sides close; the first direction that was cut short decides.</summary>
    public Refusal Finish()
    {
        var finished = conversation.FinishDirection(Direction.ToUpstream);
        return finished != Refusal.None ? finished : conversation.FinishDirection(Direction.ToClient);
    }

    /// <summary>The session's owner ends it.</summary>
    public void End(Refusal refusal, string? detail = null)
    {
        (Refusal, Detail) = (refusal, detail);
        conversation.Refuse(refusal, _toClient);
    }

    static Conversation Begun(Capture capture)
    {
        var conversation = capture.Protocol.Begin(Limits.Default);
        conversation.Begin(capture.Circumstances);
        return conversation;
    }

    void ReadLogin()
    {
        while (!_isAdmitted && Refusal == Refusal.None)
        {
            var read = conversation.ReadLogin(_fromClient, _toClient);
            _fromClient = _fromClient[read.Consumed..];
            if (read.Refusal != Refusal.None)
                End(read.Refusal, read.Detail);
            else if (read.Proof is not null)
                Admit(read.Proof);
            else if (read.Consumed == 0)
                return;
        }
    }

    void Admit(ClientProof proof)
    {
        (Proof, _isAdmitted) = (proof, true);
        var refusal = conversation.Admit(rules, _record, _toClient).Refusal;
        if (refusal != Refusal.None)
            End(refusal);
        else
            conversation.StartUpstreamLogin(login, _toUpstream);
    }

    void ReadUpstreamLogin()
    {
        var read = conversation.ReadUpstreamLogin(_fromUpstream, _toUpstream);
        _fromUpstream = _fromUpstream[read.Consumed..];
        if (read.Refusal != Refusal.None) End(read.Refusal, read.Detail);
        if (!read.IsDone) return;
        _isLoggedIn = true;
        Relay(Direction.ToClient, _fromUpstream);
        Relay(Direction.ToUpstream, _fromClient);
    }

    // Every proof is accepted, as soon as it comes.
    void Renew(ClientProof proof)
    {
        Proof = proof;
        var refusal = conversation.Renewed(_toClient);
        if (refusal != Refusal.None) End(refusal);
    }

    void Relay(Direction direction, ReadOnlySpan<byte> chunk)
    {
        if (Refusal != Refusal.None) return;
        var output = new RelayOutput(new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var verdict = conversation.Relay(direction, chunk, output);
        if (verdict.Refusal != Refusal.None)
        {
            End(verdict.Refusal, verdict.Detail);
            return;
        }

        _denied.AddRange(output.Denied);
        if (verdict.IsWhole) (direction == Direction.ToUpstream ? _toUpstream : _toClient).Write(chunk);
        if (verdict.IsWhole) return;
        _toUpstream.Write(((ArrayBufferWriter<byte>)output.ToUpstream).WrittenSpan);
        _toClient.Write(((ArrayBufferWriter<byte>)output.ToClient).WrittenSpan);
        if (output.Proof is { } proof) Renew(proof);
    }
}
