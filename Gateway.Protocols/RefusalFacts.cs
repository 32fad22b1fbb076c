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

    /// <summary>True when the same client may succeed later without changing anything on its side.</summary>
    public static bool IsRetryable(this Refusal refusal) => refusal is
        Refusal.TooManySessions or Refusal.RecordingFailed or Refusal.IssuerUnavailable or Refusal.NodeDraining or Refusal.SessionIdle
        or Refusal.UpstreamUnreachable or Refusal.UpstreamTooSlow or Refusal.UpstreamLost or Refusal.TokenNotYetValid;

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
