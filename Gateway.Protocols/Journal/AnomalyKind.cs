namespace Gateway.Protocols.Journal;

/// <summary>In what a session differs from its subject's other ones, or from what its connection calls usual.</summary>
public enum AnomalyKind
{
    /// <summary>The client's hello is none that the subject came with before.</summary>
    ClientFingerprintNew,

    /// <summary>It relays many times more than any of them did.</summary>
    VolumeUnusual,

    /// <summary>It begins outside the hours that the connection calls usual, or outlasts them.</summary>
    HoursUnusual,

    /// <summary>Its client is in none of the places that the connection calls usual.</summary>
    NetworkUnusual,

    /// <summary>Its client is in one such place while another of the subject's is in another.</summary>
    PlaceImpossible,
}

/// <summary>The words for an <see cref="AnomalyKind"/>, in the journal too, so that what later versions add is read by this one.</summary>
public static class AnomalyKindWords
{
    public static string Word(this AnomalyKind kind) => kind switch
    {
        AnomalyKind.ClientFingerprintNew => "client-fingerprint-new",
        AnomalyKind.VolumeUnusual => "volume-unusual",
        AnomalyKind.HoursUnusual => "hours-unusual",
        AnomalyKind.NetworkUnusual => "network-unusual",
        AnomalyKind.PlaceImpossible => "place-impossible",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
