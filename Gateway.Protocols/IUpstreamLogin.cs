using System.Buffers;

namespace Gateway.Protocols;

/// <summary>The gateway's own login at an upstream.</summary>
public interface IUpstreamLogin
{
    /// <summary>The most bytes <see cref="ReadUpstreamLogin"/> may ask to be held.</summary>
    int MaxLoginBytes { get; }

    /// <inheritdoc cref="Conversation.StartUpstreamLogin"/>
    void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream);

    /// <inheritdoc cref="Conversation.ReadUpstreamLogin"/>
    UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream);
}

/// <summary>A connection of the gateway's own, to learn what its clients' conversations have to know of an upstream: a login, and questions.</summary>
public interface IUpstreamSurvey : IUpstreamLogin
{
    /// <summary>What was learnt, once <see cref="IUpstreamLogin.ReadUpstreamLogin"/> is done.</summary>
    UpstreamFacts Facts { get; }
}

/// <summary>What is known of an upstream, in its protocol's own terms.</summary>
public abstract record UpstreamFacts
{
    /// <summary>Where a node of the upstream's cluster really is; null where there is no such node.</summary>
    public virtual (string Host, int Port)? PlaceOf(int node) => null;
}
