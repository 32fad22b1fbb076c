using Gateway.Actors.Authorize;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Protocol;

/// <summary>What a running session stands on, and who is told when that is about to end. Safe for use from several threads.</summary>
public interface IAccessWatch
{
    /// <summary>How long access lasts, as of now.</summary>
    AccessTerm Term { get; }

    /// <summary>Calls, on any thread, when the end of access moved, and once at once.</summary>
    void OnChange(Action changed);

    /// <summary>Access ends soon. Called once for each end.</summary>
    void Ending(AccessTerm term);

    /// <summary>By what the client's next proof as an account is to be judged.</summary>
    Task<Verdict<AccountAnswer>> FindAsync(AccountQuestion question);

    /// <summary>
    /// The client brings a new proof of identity. Yields how long access lasts from now on, or why the session has to end. Takes no longer than a
    /// login may.
    /// </summary>
    Task<Verdict<AccessTerm>> RenewAsync(ClientProof proof);
}
