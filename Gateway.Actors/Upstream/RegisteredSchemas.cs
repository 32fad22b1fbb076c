using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Upstream;

/// <summary>
/// The schemas of one connection's registry. An id means the same for ever, so what was told is never wrong, and what is forgotten can be asked again. One
/// question at a time is asked for an id, however many sessions wait for it; what was not told is not asked for again at once. Safe for use from several
/// threads.
/// </summary>
/// <param name="registry">Its name for the log.</param>
/// <param name="timeout">How long those who wait do so.</param>
/// <param name="ask">Asks for one; takes no longer than that.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Hears what was not told.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to release.")]
public sealed partial class RegisteredSchemas(
    string registry, TimeSpan timeout, Func<int, Task<Verdict<RegisteredSchema>>> ask, TimeProvider time, ILogger log) : ISchemas
{
    /// <summary>Schemas that are known at once, at least; up to twice as many are held. Origin: ten times the topics of a large connection.</summary>
    const int Most = 2048;

    /// <summary>Ids that were not told and are remembered for it. More would be another's guesses: they are forgotten, and asked for again.</summary>
    const int MostUnknown = 4096;

    /// <summary>Questions at once. Origin: registries are small servers, and a producer can write any id.</summary>
    const int AtOnce = 8;

    const string Late = "is not known, and its registry did not tell it in time";

    static readonly Refused s_late = new(Refusal.PayloadUnreadable, Late);

    readonly Lock _lock = new();
    readonly SemaphoreSlim _questions = new(AtOnce);
    readonly ConcurrentDictionary<int, SharedAnswer<RegisteredSchema>> _asked = new();
    readonly ConcurrentDictionary<int, string> _unknown = new();
    ConcurrentDictionary<int, RegisteredSchema> _recent = new();
    ConcurrentDictionary<int, RegisteredSchema> _older = new();

    public RegisteredSchema? Find(int id)
    {
        if (_recent.TryGetValue(id, out var schema)) return schema;
        if (_older.TryGetValue(id, out schema)) Learn(id, schema);
        return schema;
    }

    public string WhyUnknown(int id) => _unknown.GetValueOrDefault(id) ?? Late;

    /// <summary>Asks for those that are not known; over when all were told or not, or the time is.</summary>
    public async Task AskAsync(IReadOnlyCollection<int> ids)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        try
        {
            await Task.WhenAll(ids.Where(id => Find(id) is null).Select(id => AskAsync(id, patience.Token))).WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Who waited goes on with what is known.
        }
    }

    async Task AskAsync(int id, CancellationToken patience)
    {
        if (_asked.Count >= MostUnknown) _asked.Clear();
        if (_unknown.Count >= MostUnknown) _unknown.Clear();
        await _asked.GetOrAdd(id, _ => new()).CurrentAsync(time, () => AskOnceAsync(id, patience)).ConfigureAwait(false);
    }

    async Task<(Verdict<RegisteredSchema> Answer, TimeSpan Believed)> AskOnceAsync(int id, CancellationToken patience)
    {
        // While a registry is down, what nobody waits for any more is not asked: questions would else queue without end.
        if (!await IsInTurnAsync(patience).ConfigureAwait(false)) return (s_late, SharedAnswer<RegisteredSchema>.Failed);
        Verdict<RegisteredSchema> told;
        try
        {
            told = await ask(id).ConfigureAwait(false);
        }
        finally
        {
            _questions.Release();
        }

        if (!told.IsGranted)
        {
            _unknown[id] = told.Detail;
            LogUnknown(id, registry, told.Detail);
            return (told, SharedAnswer<RegisteredSchema>.Failed);
        }

        if (told.Value.Problem is { } problem) LogUnknown(id, registry, problem);
        Learn(id, told.Value);
        _asked.TryRemove(id, out _);
        _unknown.TryRemove(id, out _);
        return (told, TimeSpan.Zero);
    }

    async Task<bool> IsInTurnAsync(CancellationToken patience)
    {
        try
        {
            await _questions.WaitAsync(patience).ConfigureAwait(false);
            if (!patience.IsCancellationRequested) return true;
            // The turn came as nobody waited for it any more.
            _questions.Release();
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    void Learn(int id, RegisteredSchema schema)
    {
        lock (_lock)
        {
            if (_recent.Count >= Most) (_older, _recent) = (_recent, new());
            _recent[id] = schema;
        }
    }

    [LoggerMessage(150, LogLevel.Warning, "Payloads with schema {Schema} of {Registry} cannot be read: it {Problem}")]
    partial void LogUnknown(int schema, string registry, string problem);
}
