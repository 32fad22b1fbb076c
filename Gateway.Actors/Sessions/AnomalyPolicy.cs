using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Sessions;

/// <summary>When a session is so unlike its subject's earlier ones that somebody should look, and the sentence that says so. Pure.</summary>
public static class AnomalyPolicy
{
    /// <summary>Fewer earlier sessions are no habit.</summary>
    const int LeastHistory = 3;

    /// <summary>Fingerprints that a sentence names.</summary>
    const int Named = 3;

    /// <summary>The client's hello is none that this subject had here; null: nothing to notice.</summary>
    public static Notice? Fingerprint(ClientFacts client, SessionHistory history, AnomalyOptions options)
    {
        var sessions = history.Fingerprints.Values.Sum();
        if (client.Offer is not { Ja4: var ja4 } offer || sessions < LeastHistory || history.Fingerprints.ContainsKey(ja4)) return null;
        // Whoever tries to resume an earlier session's TLS says so in its hello, and is the same client all the same.
        if (offer.Ja4WithoutResumption is { } plain && history.Fingerprints.ContainsKey(plain)) return null;
        var known = history.Fingerprints.OrderByDescending(k => k.Value).ThenBy(k => k.Key, StringComparer.Ordinal)
            .Take(Named).Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Key} ({k.Value})"));
        var others = history.Fingerprints.Count - Named;
        var had = string.Join(", ", known) + (others > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {others} others") : "");
        return new(AnomalyKind.ClientFingerprintNew, string.Create(
            CultureInfo.InvariantCulture,
            $"the client's TLS fingerprint {ja4} is new: of {sessions} sessions of this subject here within {options.Days} days none " +
            $"had it, they had {had}"));
    }

    /// <summary>With so many bytes the session has relayed more than it should; null: nothing is known to measure it by.</summary>
    public static long? UnusualBytes(SessionVolumes before, AnomalyOptions options)
    {
        if (before.Ended < LeastHistory) return null;
        var usual = (Int128)before.Most * options.Factor;
        return usual >= long.MaxValue ? null : Math.Max((long)usual + 1, options.LeastBytes);
    }

    /// <summary>It has relayed that many.</summary>
    public static Notice Volume(long bytes, SessionVolumes before, AnomalyOptions options) => new(AnomalyKind.VolumeUnusual, string.Create(
        CultureInfo.InvariantCulture,
        $"{bytes} bytes were relayed so far, more than {options.Factor} times the {before.Most} bytes of the largest " +
        $"of this subject's last {before.Ended} ended sessions here"));
}

/// <param name="Kind">Of a closed vocabulary.</param>
/// <param name="Explanation">A sentence with the figures.</param>
public sealed record Notice(AnomalyKind Kind, string Explanation);
