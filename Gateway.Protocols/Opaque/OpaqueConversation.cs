using System.Buffers;

namespace Gateway.Protocols.Opaque;

/// <summary>
/// The <c>tls</c> protocol: any byte stream inside TLS, such as MPEG-TS video. It has no login and no frames, so the client certificate is the only
/// proof of identity, everything passes unchanged, and a refusal is the end of the connection.
/// </summary>
public sealed class OpaqueConversation : Conversation
{
    public override int MaxLoginBytes => 0;

    public override LoginRead ReadLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient) => LoginRead.Complete(ClientProof.CertificateOnly, 0);

    public override Admission Admit(OperationRules rules, IBufferWriter<byte> record, IBufferWriter<byte> toClient) => Admission.Granted;

    public override void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream)
    {
    }

    public override UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream) => UpstreamLoginRead.Done(0);

    public override RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output) => RelayVerdict.PassWhole;

    public override Refusal FinishDirection(Direction direction) => Refusal.None;

    public override void Refuse(Refusal refusal, IBufferWriter<byte> toClient)
    {
    }
}
