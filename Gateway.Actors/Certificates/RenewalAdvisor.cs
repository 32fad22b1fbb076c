using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>
/// What issuers said of renewals, as long as this coordinator lives: the next one asks again. Not thread-safe.
/// </summary>
sealed class RenewalAdvisor(TimeProvider time)
{
    /// <summary>Before an issuer that said nothing is asked again. Origin: RFC 9773 section 4.3.3 has six hours as a server's usual answer.</summary>
    static readonly TimeSpan s_otherwise = TimeSpan.FromHours(6);

    // By the number of the event that brought the version, which is unique.
    readonly Dictionary<long, (DateTimeOffset? RenewAt, DateTimeOffset AskAgain)> _known = [];

    public DateTimeOffset? Of(CertificateVersion version) => _known.TryGetValue(version.Revision, out var known) ? known.RenewAt : null;

    /// <summary>True once per time that an answer is due; the asker is expected to <see cref="Take"/> it.</summary>
    public bool ShouldAsk(CertificateVersion version)
    {
        var now = time.GetUtcNow();
        if (_known.TryGetValue(version.Revision, out var known) && now < known.AskAgain) return false;
        _known[version.Revision] = (known.RenewAt, now + s_otherwise);
        return true;
    }

    public void Take(CertificateVersion version, RenewalAdvice? advice)
    {
        if (advice is { } said) _known[version.Revision] = (said.RenewAt, said.AskAgain);
    }
}
