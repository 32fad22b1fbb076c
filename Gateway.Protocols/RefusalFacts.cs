using System.Text;

namespace Gateway.Protocols;

/// <summary>What follows from a <see cref="Refusal"/>: its word, its guilty side, and whether the same attempt may succeed later.</summary>
public static class RefusalFacts
{
    static readonly Dictionary<Refusal, string> s_words = Enum.GetValues<Refusal>().ToDictionary(r => r, r => Kebab(r.ToString()));

    static readonly Dictionary<string, Refusal> s_refusals = s_words.ToDictionary(w => w.Value, w => w.Key, StringComparer.Ordinal);

    /// <summary>The word used on metrics, in logs and by the command line, such as <c>token-expired</c>.</summary>
    public static string Word(this Refusal refusal) => s_words.TryGetValue(refusal, out var word) ? word : $"refusal-{(ushort)refusal}";

    /// <summary>The refusal of a word, or null when there is no such word.</summary>
    public static Refusal? Parse(string word) => s_refusals.TryGetValue(word, out var refusal) ? refusal : null;

    public static Side GuiltySide(this Refusal refusal) => ((ushort)refusal / 100) switch
    {
        4 => Side.Gateway,
        5 => Side.Upstream,
        _ => Side.Client,
    };

    /// <summary>The word used on metrics and in events.</summary>
    public static string Word(this Side side) => side switch
    {
        Side.Client => "client",
        Side.Gateway => "gateway",
        _ => "upstream",
    };

    /// <summary>True when the same client may succeed later without changing anything on its side.</summary>
    public static bool IsRetryable(this Refusal refusal) => refusal is
        Refusal.TooManySessions or Refusal.TooManyFromAddress or Refusal.TooManyOfSubject or Refusal.RecordingFailed or Refusal.IssuerUnavailable or Refusal.NodeDraining or Refusal.SessionIdle
        or Refusal.GatewayCertificateUnavailable
        or Refusal.ClientRevocationUnknown or Refusal.UpstreamRevocationUnknown
        or Refusal.UpstreamUnreachable or Refusal.UpstreamTooSlow or Refusal.UpstreamLost or Refusal.TokenNotYetValid;

    /// <summary>
    /// True for what a stranger who tries to log in is not told: which part of its login was wrong. The record says it; the client hears of all of
    /// these alike that it is <see cref="NotAuthorized"/>.
    /// </summary>
    public static bool IsUntold(this Refusal refusal) => refusal is >= Refusal.TokenMissing and <= Refusal.NotGranted
        or Refusal.IdentityExpired or Refusal.IdentityRevoked or Refusal.AccountUnknown or Refusal.ProofInvalid;

    /// <summary>What a client is told of every refusal that <see cref="IsUntold"/>.</summary>
    public const string NotAuthorized = "not-authorized";

    static string Kebab(string name)
    {
        var kebab = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && kebab.Length > 0) kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(letter));
        }

        return kebab.ToString();
    }
}
