using Gateway.Actors.Record;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>The key to a recording's content, as the admin API hands it to auditors.</summary>
/// <param name="Key">Base 64; null: the content is not encrypted, or the key was destroyed.</param>
/// <param name="Destroyed">When it was.</param>
public sealed record RecordingKeyView(string? Key, string? Destroyed)
{
    public static RecordingKeyView Of(KeyFinding found) => new(
        found.Key is { } key ? Convert.ToBase64String(key.Bytes) : null, found.DestroyedAt is { } at ? JournalTime.Write(at) : null);

    /// <summary>Throws <see cref="FormatException"/> where that is no key.</summary>
    public KeyFinding Read() => new(
        Key is null ? null : RecordingKey.Of(Convert.FromBase64String(Key)) ?? throw new FormatException("The key has another length."),
        Destroyed is null ? null : JournalTime.Parse(Destroyed));

    // The key is in no log.
    public override string ToString() => nameof(RecordingKeyView);
}
