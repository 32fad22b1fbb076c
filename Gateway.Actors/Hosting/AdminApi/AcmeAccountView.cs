using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>The cluster's account at an ACME server. Its keys are not shown.</summary>
/// <param name="Issuer">The configured name of the server.</param>
/// <param name="Directory">The server's directory.</param>
/// <param name="Url">The account; null before the server told it.</param>
/// <param name="KeptAt">When the account or its key last changed, UTC.</param>
/// <param name="ChangesKey">A change of its key was begun, and the server has not been asked yet what came of it.</param>
public sealed record AcmeAccountView(string Issuer, string Directory, string? Url, string KeptAt, bool ChangesKey)
{
    public static AcmeAccountView Of(AcmeAccountKept kept) =>
        new(kept.Issuer, kept.Directory, kept.Url, JournalTime.Write(kept.Act.At), !kept.SealedNextKey.IsEmpty);
}
