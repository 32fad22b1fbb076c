using System.Globalization;
using System.Security.Cryptography;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Seals with the newest cluster key what older ones sealed, so that those can be taken out: secrets, private keys and accounts of the
/// registry, each as an act, and the keys of recordings in their rows. Whatever is changed meanwhile is left alone, and is sealed with the
/// newest key anyway.
/// </summary>
/// <param name="registry">What is there.</param>
/// <param name="commands">Does the acts.</param>
/// <param name="recordings">The keys of recordings.</param>
/// <param name="key">Opens, and seals again.</param>
/// <param name="most">
/// Recordings of one call. Origin: a request that is answered within seconds; whoever wants more goes on from there.
/// </param>
public sealed class Resealing(
    IRegistry registry, IRegistryCommands commands, IRecordingKeys recordings, ClusterKey key, int most = Resealing.MostRecordings)
{
    /// <summary>
    /// Acts of one change. Origin: what the registry writes at once stays small. Large ones close a change before: it is one message.
    /// </summary>
    const int MostActs = 50;

    const int MostRecordings = 5_000;

    const int Page = 500;

    /// <summary>How much each key seals. Throws <see cref="JournalUnavailableException"/>.</summary>
    public async Task<ClusterKeyView> ShowAsync(CancellationToken cancel)
    {
        var things = SealedThings.Of(registry.Current).ToLookup(thing => ClusterKey.IdOf(thing.Bytes.Span));
        var recorded = (await recordings.CountAsync(cancel).ConfigureAwait(false)).ToLookup(count => ClusterKey.IdOf(count.Key));
        var ids = key.Ids.Concat(things.Select(t => t.Key)).Concat(recorded.Select(r => r.Key)).Distinct(StringComparer.Ordinal);
        return new(key.Ids[0], [.. ids.Select(id => new SealedByView(
            id, id == key.Ids[0] ? "newest" : key.Ids.Contains(id) ? "older" : "unknown",
            things[id].Count(t => t.Kind == ResealedKind.Secret), things[id].Count(t => t.Kind != ResealedKind.Secret),
            recorded[id].Sum(r => r.Count)))]);
    }

    /// <summary>
    /// Seals again, all of the registry and some thousand recordings' keys at once. Throws <see cref="JournalUnavailableException"/>.
    /// </summary>
    /// <param name="act">Who has it done.</param>
    /// <param name="after">
    /// Only recordings of sessions that come after this one, and nothing of the registry; from the beginning where it is empty.
    /// </param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<(ResealView? Done, RegistryAnswer Answer)> SealAgainAsync(Act act, string after, CancellationToken cancel)
    {
        var recorded = new ActRecorded { Act = act, Kind = ActKind.SealedAgain, Target = "cluster key", Detail = $"with key {key.Ids[0]}" };
        var answer = await commands.ChangeAsync([recorded], basis: null, cancel).ConfigureAwait(false);
        if (!answer.IsDone) return (null, answer);
        var old = after.Length > 0 ? [] : SealedThings.Of(registry.Current).Where(thing => !key.IsNewest(thing.Bytes.Span)).ToArray();
        var done = 0;
        foreach (var acts in Changes(old.Select(thing => Again(thing, act)).OfType<Resealed>(), act))
        {
            answer = await commands.ChangeAsync(acts, basis: null, cancel).ConfigureAwait(false);
            if (!answer.IsDone) return (null, answer);
            done += acts.Length;
        }

        var (sealedAgain, unreadable, next) = await RecordingsAsync(after, cancel).ConfigureAwait(false);
        return (new(key.Ids[0], done, sealedAgain, old.Length - done + unreadable, next), answer);
    }

    // Each of as many acts as go into one message, and with an identifier of its own: the registry does acts of one identifier once.
    static IEnumerable<Resealed[]> Changes(IEnumerable<Resealed> acts, Act act)
    {
        var (change, bytes, number) = (new List<Resealed>(), 0, 0);
        foreach (var one in acts)
        {
            var own = Numbered(one, act, number);
            var more = ProposeActs.BytesOf(own);
            if (change.Count == MostActs || (change.Count > 0 && bytes + more > ProposeActs.MostBytes))
            {
                yield return [.. change];
                own = Numbered(one, act, ++number);
                change.Clear();
                (bytes, more) = (0, ProposeActs.BytesOf(own));
            }

            change.Add(own);
            bytes += more;
        }

        if (change.Count > 0) yield return [.. change];
    }

    static Resealed Numbered(Resealed one, Act act, int number) =>
        one with { Act = act with { Id = string.Create(CultureInfo.InvariantCulture, $"{act.Id}/{number}") } };

    Resealed? Again(SealedThing thing, Act act)
    {
        if (Opened(thing) is not { } plain) return null;
        try
        {
            return new Resealed
            {
                Act = act,
                Kind = thing.Kind,
                Name = thing.Name,
                Number = thing.Number,
                Replaces = SHA256.HashData(thing.Bytes.Span),
                Sealed = thing.Kind switch
                {
                    ResealedKind.Secret => key.SealBytes(ClusterKey.Secret, thing.Name, plain),
                    ResealedKind.Certificate => key.SealFor(thing.Name, thing.Number, plain),
                    ResealedKind.Authority => key.SealAuthority(thing.Number, plain),
                    _ => key.SealAccount(thing.Name, plain),
                },
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    byte[]? Opened(SealedThing thing) => thing.Kind switch
    {
        ResealedKind.Secret => key.OpenBytes(ClusterKey.Secret, thing.Name, thing.Bytes.Span),
        ResealedKind.Certificate => key.OpenFor(thing.Name, thing.Number, thing.Bytes),
        ResealedKind.Authority => key.OpenAuthority(thing.Number, thing.Bytes),
        _ => key.OpenAccount(thing.Name, thing.Bytes),
    };

    async Task<(int Sealed, int Unopened, string? Next)> RecordingsAsync(string after, CancellationToken cancel)
    {
        var (seen, done, unopened) = (0, 0, 0);
        while (seen < most)
        {
            var page = await recordings.SealedByOthersAsync(key.Newest, after, Math.Min(Page, most - seen), cancel).ConfigureAwait(false);
            if (page.Count == 0) return (done, unopened, null);
            seen += page.Count;
            after = page[^1].SessionId;
            var again = new List<(string SessionId, byte[] Before, byte[] After)>(page.Count);
            foreach (var (sessionId, bytes) in page)
            {
                if (Again(sessionId, bytes) is { } anew) again.Add((sessionId, bytes, anew));
            }

            unopened += page.Count - again.Count;
            done += await recordings.ReplaceAsync(again, cancel).ConfigureAwait(false);
        }

        return (done, unopened, after);
    }

    byte[]? Again(string sessionId, byte[] bytes)
    {
        if (key.OpenBytes(RecordingKey.What, sessionId, bytes) is not { } plain) return null;
        try
        {
            return key.SealBytes(RecordingKey.What, sessionId, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
