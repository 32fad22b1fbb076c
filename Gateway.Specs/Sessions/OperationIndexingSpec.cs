using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class OperationIndexingSpec
{
    readonly FakeTimeProvider _time = new();
    readonly WrittenIndex _index = new();
    readonly OperationIndexing _operations;

    public OperationIndexingSpec() => _operations = new OperationIndexing("s1", _index, _time, () => 7, NullLogger.Instance);

    [Fact]
    public async Task What_is_new_is_written_together_after_a_while_and_only_then()
    {
        _operations.Add([Seen("a")]);
        _operations.Add([Seen("b")]);
        _time.Advance(OperationIndexing.Every / 2);
        Assert.Empty(_index.Written);
        _time.Advance(OperationIndexing.Every / 2);

        await Eventually.TrueAsync(() => _index.Written.Count == 1);
        Assert.Equal([new("publish", "a", false, 7), new IndexedOperation("publish", "b", false, 7)], _index.Written[0]);
    }

    [Fact]
    public async Task What_cannot_be_written_is_tried_again_and_is_with_the_end_at_the_latest()
    {
        _index.Fails = true;
        _operations.Add([Seen("a")]);
        await TriedAsync(1);
        _operations.Add([Seen("b")]);
        await TriedAsync(2);

        Assert.Equal(["a", "b"], _operations.Close().Select(one => one.Resource));

        _index.Fails = false;
        _time.Advance(OperationIndexing.Every);
        Assert.Empty(_index.Written);
    }

    [Fact]
    public async Task What_was_written_is_not_left_for_the_end()
    {
        _operations.Add([Seen("a")]);
        await TriedAsync(1);
        await Eventually.TrueAsync(() => _index.Written.Count == 1);
        _operations.Add([Seen("b")]);

        await Eventually.TrueAsync(() => _operations.Close() is [{ Resource: "b" }]);
    }

    async Task TriedAsync(int times) => await Eventually.TrueAsync(() =>
    {
        _time.Advance(OperationIndexing.Every);
        return _index.Tried >= times;
    });

    static SeenOperation Seen(string topic) => new("publish", topic, false);

    sealed class WrittenIndex : ISessionIndex
    {
        int _tried;

        public bool Fails { get; set; }

        public int Tried => _tried;

        public List<IReadOnlyList<IndexedOperation>> Written { get; } = [];

        public Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel)
        {
            Interlocked.Increment(ref _tried);
            if (Fails) return Task.FromException(new TimeoutException());
            Written.Add(operations);
            return Task.CompletedTask;
        }

        public Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel) => throw new NotSupportedException();

        public Task CloseAsync(string sessionId, SessionClosing closing, SessionOperations rest, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
