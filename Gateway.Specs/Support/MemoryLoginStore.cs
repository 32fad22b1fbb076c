using System.Collections.Concurrent;
using Gateway.Actors.Identify.Saml;

namespace Gateway.Specs.Support;

/// <summary>What nodes share, without a database. What has expired is there no more.</summary>
sealed class MemoryLoginStore(TimeProvider time) : ILoginStore
{
    readonly ConcurrentDictionary<string, (string? Content, DateTimeOffset Until)> _kept = new();

    public Task<bool> SpendAsync(string id, DateTimeOffset until, CancellationToken cancel) => Task.FromResult(_kept.TryAdd(id, (null, until)));

    public Task KeepAsync(string id, string content, DateTimeOffset until, CancellationToken cancel)
    {
        _kept[id] = (content, until);
        return Task.CompletedTask;
    }

    public Task<string?> TakeAsync(string id, CancellationToken cancel) =>
        Task.FromResult(_kept.TryRemove(id, out var kept) && time.GetUtcNow() < kept.Until ? kept.Content : null);
}
