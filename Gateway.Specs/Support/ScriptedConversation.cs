using System.Buffers;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>
/// A protocol of a few words, for specs of what surrounds a conversation. A chunk that begins with <c>D</c> is denied and answered with "denied", one
/// that begins with <c>X</c> is refused, <c>A</c> brings the rest as a new proof, <c>B</c> makes one hundred bytes for both sides, <c>L</c>
/// takes the gateway's new login and says "taken", <c>+</c> passes and has the client muted for a minute,
/// <c>-</c> for a second, <c>?</c> asks the upstream a question that <c>!</c> answers, <c>S</c> waits for a schema and says "read" then; everything
/// else passes.
/// </summary>
sealed class ScriptedConversation : Conversation
{
    readonly Dictionary<Direction, int[]> _schemas = [];
    bool _awaits;
    int _logins;

    public override int MaxLoginBytes => 64;

    /// <summary>What the end of a direction is refused with.</summary>
    public Refusal AtEnd { get; set; }

    public override LoginRead ReadLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient) =>
        LoginRead.Complete(ClientProof.CertificateOnly, 0);

    public override Admission Admit(OperationRules rules, IBufferWriter<byte> record, IBufferWriter<byte> toClient) => Admission.Granted;

    public override void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream)
    {
    }

    public override UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream) => UpstreamLoginRead.Done(0);

    public override RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output)
    {
        switch (input[0])
        {
            case (byte)'D':
                output.ToClient.Write("denied"u8);
                output.Denied.Add(new DeniedOperation("publish", "secret"));
                return RelayVerdict.PassOutput;
            case (byte)'B':
                output.ToClient.Write(new byte[100]);
                output.ToUpstream.Write(new byte[100]);
                return RelayVerdict.PassOutput;
            case (byte)'A':
                output.Proof = new ClientProof(null, System.Text.Encoding.ASCII.GetString(input[1..]), null);
                return RelayVerdict.PassOutput;
            case (byte)'L':
                _awaits = false;
                _logins++;
                output.ToUpstream.Write("taken"u8);
                return RelayVerdict.PassOutput;
            case (byte)'+' or (byte)'-':
                output.Mute = input[0] == (byte)'+' ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);
                return RelayVerdict.PassWhole;
            case (byte)'?':
                output.Own.Write("question"u8);
                _awaits = true;
                return RelayVerdict.PassOutput;
            case (byte)'S':
                _schemas[direction] = [7];
                return RelayVerdict.PassOutput;
            case (byte)'!':
                _awaits = false;
                return RelayVerdict.PassOutput;
            case (byte)'X':
                output.ToUpstream.Write("half of it"u8);
                return RelayVerdict.Refuse(Refusal.FrameMalformed, "an X");
            default:
                return RelayVerdict.PassWhole;
        }
    }

    public override IReadOnlyCollection<int> AwaitedSchemas(Direction direction) => _schemas.GetValueOrDefault(direction, []);

    public override RelayVerdict GoOn(Direction direction, RelayOutput output)
    {
        _schemas.Remove(direction);
        output.Towards(direction).Write("read"u8);
        return RelayVerdict.PassOutput;
    }

    /// <summary>How long each of the gateway's logins lasts.</summary>
    public TimeSpan? Lasts { get; set; }

    public override TimeSpan? UpstreamLasts => Lasts;

    public override bool AwaitsUpstream => _awaits;

    public override int UpstreamLogins => _logins;

    public override void RenewUpstream(UpstreamCredentials credentials, RelayOutput output)
    {
        output.Own.Write(System.Text.Encoding.ASCII.GetBytes($"login: {credentials.Password}"));
        _awaits = true;
    }

    /// <summary>Who has taken its leave.</summary>
    public Direction? Left { get; set; }

    public override Direction? Farewell => Left;

    /// <summary>What accepting a proof is refused with.</summary>
    public Refusal AtRenewal { get; set; }

    public override Refusal Renewed(IBufferWriter<byte> toClient)
    {
        toClient.Write("renewed"u8);
        return AtRenewal;
    }

    public override Refusal FinishDirection(Direction direction) => AtEnd;

    public override void Refuse(Refusal refusal, IBufferWriter<byte> toClient) =>
        toClient.Write(System.Text.Encoding.ASCII.GetBytes($"bye: {refusal.Word()}"));
}
