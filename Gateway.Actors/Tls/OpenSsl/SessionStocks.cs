using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>The stocks of one engine, a bounded number of them. Safe for use from several threads.</summary>
sealed class SessionStocks
{
    /// <summary>Scopes: upstreams and brokers, each with what the gateway shows there.</summary>
    const int Most = 1024;

    readonly Lock _lock = new();
    readonly Dictionary<Scope, SessionStock> _stocks = [];

    /// <param name="scope">32 bytes; see <see cref="LegRules.Scope"/>.</param>
    /// <param name="now">UTC.</param>
    public SessionStock Of(ReadOnlySpan<byte> scope, DateTime now)
    {
        var key = MemoryMarshal.Read<Scope>(scope);
        lock (_lock)
        {
            if (_stocks.TryGetValue(key, out var stock) && stock.IsGood(now)) return stock;
            stock?.Close();
            if (_stocks.Count >= Most) CloseAll();
            return _stocks[key] = new SessionStock(now);
        }
    }

    // All at once: what is left out is only a full handshake each.
    void CloseAll()
    {
        foreach (var stock in _stocks.Values) stock.Close();
        _stocks.Clear();
    }

    readonly record struct Scope(UInt128 High, UInt128 Low);
}
