using Gateway.Protocols.Tls;

namespace Gateway.Protocols.Journal;

/// <summary>Caps of the journal format. A reader compares every count and length with its cap before it sizes anything; a writer refuses to exceed it.</summary>
public static class EventLimits
{
    /// <summary>UTF-8 bytes of one text. Origin: an MQTT topic is at most 64 KiB (MQTT 5 section 1.5.4), and denied topics are recorded whole.</summary>
    public const int Text = 65_535;

    /// <summary>Groups of an identity. Origin: directories cut group claims off at 150 to 200; tokens of 96 KiB could name a few thousand.</summary>
    public const int Groups = 4096;

    /// <summary>Values of one list that a client offered in its hello.</summary>
    public const int Offered = ClientOffer.Most;

    /// <summary>Pieces of traffic in one chunk.</summary>
    public const int Entries = 4096;

    /// <summary>Bytes of one chunk as it is stored: encrypted it is longer by the tag.</summary>
    public const int StoredChunk = Chunk + ContentSeal.TagLength;

    /// <summary>Resources of one operation. Origin: <see cref="Limits.MqttFilters"/>.</summary>
    public const int Resources = 1024;

    /// <summary>Operations in one event, denied or recorded.</summary>
    public const int Operations = 4096;

    /// <summary>Bytes of one event's recorded operations, before compression and after: 256 Ki units of text, one more operation, and their numbers.</summary>
    public const int OperationsPlain = 4 * 1024 * 1024;

    /// <summary>The same as it is stored: encrypted it is longer by the tag.</summary>
    public const int StoredOperations = OperationsPlain + ContentSeal.TagLength;

    /// <summary>Bytes of one chunk before compression and after. Chunks are written with at most 64 KiB; the rest is room for later writers.</summary>
    public const int Chunk = 1024 * 1024;

    /// <summary>Sessions whose recordings expire in one act. Origin: a batch that is deleted within seconds.</summary>
    public const int ExpiredSessions = 256;

    /// <summary>Labels a grant may ask for. Origin: connections have a handful.</summary>
    public const int Labels = 64;

    /// <summary>UTF-8 bytes of one connection's document, authorities in PEM included. Origin: a bundle of all public authorities is about 220 KiB.</summary>
    public const int Document = 256 * 1024;

    /// <summary>Bytes of one sealed secret: 64 KiB, the longest password any protocol here takes, and what sealing adds.</summary>
    public const int SealedSecret = 64 * 1024 + 64;

    /// <summary>Certificates of one chain. Origin: public chains have three or four.</summary>
    public const int Chain = 8;

    /// <summary>DER bytes of one certificate. Origin: an RSA 4096 certificate of a hundred names is about 6 KiB; post-quantum ones stay below 20.</summary>
    public const int Certificate = 32 * 1024;

    /// <summary>Bytes of one sealed private key. Origin: RSA 4096 is 2,400 bytes as PKCS #8; the rest is room for other kinds.</summary>
    public const int SealedKey = 16 * 1024;

    /// <summary>Nodes that one event names. Origin: clusters have a handful.</summary>
    public const int Nodes = 1024;
}
