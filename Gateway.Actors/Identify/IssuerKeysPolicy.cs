namespace Gateway.Actors.Identify;

/// <summary>What to do before a key of an issuer is used.</summary>
public enum KeyUse
{
    Use,

    /// <summary>Use what is there, and read the keys again meanwhile.</summary>
    UseAndRefresh,

    /// <summary>Read the keys first; what was there counts only if that fails.</summary>
    RefreshFirst,
}

/// <summary>
/// When an issuer's keys are read again and how long they count. Pure. Keys are read when they are needed, so an issuer nobody uses is left
/// alone; that is why keys that lay unused for long are read again before they are used: the issuer may have withdrawn one.
/// </summary>
public static class IssuerKeysPolicy
{
    /// <summary>Older keys are still used at once, but are read again.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(10);

    /// <summary>While the issuer answers, a key it withdrew is used no longer than this.</summary>
    public static readonly TimeSpan WaitAfter = TimeSpan.FromMinutes(20);

    /// <summary>
    /// How long sessions can still begin while the issuer does not answer. Origin: a day is long enough to repair an issuer unhurried.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>Tokens with made-up key ids must not turn the gateway against the issuer.</summary>
    public static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(10);

    /// <param name="age">How long ago the keys were read; null when they never were.</param>
    /// <param name="isKnown">Whether the key that is asked for is among them.</param>
    public static KeyUse Judge(TimeSpan? age, bool isKnown)
    {
        if (!isKnown || age is not { } old || old >= WaitAfter) return KeyUse.RefreshFirst;
        return old >= RefreshAfter ? KeyUse.UseAndRefresh : KeyUse.Use;
    }

    /// <param name="sinceLastRead">How long ago the keys were last asked for, successfully or not; null when they never were.</param>
    public static bool MayRead(TimeSpan? sinceLastRead) => sinceLastRead is not { } since || since >= BetweenReads;

    public static bool Counts(TimeSpan age) => age <= Grace;
}
