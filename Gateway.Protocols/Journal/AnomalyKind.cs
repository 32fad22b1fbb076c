namespace Gateway.Protocols.Journal;

/// <summary>In what a session differs from its subject's earlier ones.</summary>
public enum AnomalyKind
{
    /// <summary>The client's hello is none that the subject came with before.</summary>
    ClientFingerprintNew,

    /// <summary>It relays many times more than any of them did.</summary>
    VolumeUnusual,
}

/// <summary>The words for an <see cref="AnomalyKind"/>, in the journal too, so that what later versions add is read by this one.</summary>
public static class AnomalyKindWords
{
    public static string Word(this AnomalyKind kind) => kind switch
    {
        AnomalyKind.ClientFingerprintNew => "client-fingerprint-new",
        AnomalyKind.VolumeUnusual => "volume-unusual",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
