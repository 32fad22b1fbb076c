using Gateway.Actors.Record;

namespace Gateway.Specs.Support;

/// <summary>Recording keys without a database: every session has one until it is destroyed.</summary>
sealed class HeldKeys : IRecordingKeys
{
    readonly Dictionary<string, long> _destroyed = [];

    public Task<SealedKey> FindAsync(string sessionId, CancellationToken cancel) => Task.FromResult(
        _destroyed.TryGetValue(sessionId, out var at) ? new SealedKey(null, at) : new SealedKey([1], null));

    public Task<bool> DestroyAsync(string sessionId, long at, CancellationToken cancel)
    {
        _destroyed.TryAdd(sessionId, at);
        return Task.FromResult(true);
    }

    public Task<IReadOnlyList<string>> LeftAsync(IReadOnlyList<string> sessions, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([.. sessions.Where(s => !_destroyed.ContainsKey(s))]);

    public Task ForgetAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyList<(byte[] Key, long Count)>> CountAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<(byte[], long)>>([]);

    public Task<IReadOnlyList<(string SessionId, byte[] Sealed)>> SealedByOthersAsync(ReadOnlyMemory<byte> keyId, string after, int most, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<(string, byte[])>>([]);

    public Task<int> ReplaceAsync(IReadOnlyList<(string SessionId, byte[] Before, byte[] After)> keys, CancellationToken cancel) => Task.FromResult(0);
}
