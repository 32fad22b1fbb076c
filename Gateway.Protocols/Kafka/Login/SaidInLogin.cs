using System.Buffers;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>
/// What a client is answered during its login, and what of it the journal keeps. Out of SCRAM's salt, nonces and signature of the gateway, passwords could be
/// guessed at: of these, only the lengths are kept.
/// </summary>
sealed class SaidInLogin
{
    readonly List<(int At, byte[] Frame)> _blanks = [];
    int _length;

    /// <summary>What is said from now on is said within a session.</summary>
    public bool IsOver { get; set; }

    public void Say(byte[] frame, IBufferWriter<byte> toClient)
    {
        _length += frame.Length;
        toClient.Write(frame);
    }

    /// <summary>An answer to a SASL token, for the caller to send next.</summary>
    public SaslAnswer Say(PendingToken pending, byte[] token, long lifetime = 0)
    {
        var answer = pending.Answer(token, lifetime);
        if (IsOver) return answer;
        if (answer.IsSecret) _blanks.Add((_length, pending.Frame(new byte[token.Length], lifetime)));
        _length += answer.Frame.Length;
        return answer;
    }

    public ReadOnlyMemory<byte> Recordable(ReadOnlyMemory<byte> answers)
    {
        if (_blanks.Count == 0) return answers;
        var kept = answers.ToArray();
        foreach (var (at, frame) in _blanks) frame.CopyTo(kept, at);
        return kept;
    }
}
