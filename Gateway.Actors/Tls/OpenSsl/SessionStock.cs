using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Sessions of one scope that a server lets its client resume, the newest first. A stock is there for an hour: what connections that began under it are
/// given after that is passed over, so that a server proves that it has its key in full at least that often, however long each session is resumed from the
/// one before. Safe for use from several threads. SSL_CTX_sess_set_new_cb(3).
/// </summary>
sealed unsafe class SessionStock
{
    /// <summary>A server gives two tickets with a full handshake, mostly, and one with each that was resumed: so many connections begin at once.</summary>
    const int Most = 16;

    static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    static readonly ConcurrentDictionary<nint, SessionStock> s_open = new();

    /// <summary>Where a connection says which stock its tickets belong to.</summary>
    static readonly int s_place = LibCrypto.CRYPTO_get_ex_new_index(0, new(0), 0, 0, 0, 0);

    static long s_last;

    readonly Lock _lock = new();
    readonly List<KeptSession> _sessions = [];
    readonly nint _number = (nint)Interlocked.Increment(ref s_last);
    readonly DateTime _from;
    byte[]? _chain;
    X509Certificate2Collection? _intermediates;

    /// <param name="now">UTC.</param>
    public SessionStock(DateTime now)
    {
        _from = now;
        s_open[_number] = this;
    }

    /// <summary>False as well where the clock was set back.</summary>
    public bool IsGood(DateTime now) => now >= _from && now - _from < s_longest;

    /// <summary>What lies between the server's certificate and its authority; null as long as no chain of it was verified.</summary>
    public X509Certificate2Collection? Intermediates
    {
        get
        {
            lock (_lock) return _intermediates;
        }
    }

    /// <summary>From now on the connection's tickets go into this stock, for as long as it lives.</summary>
    public void Collect(SslHandle ssl) => OpenSslError.Check(LibSsl.SSL_set_ex_data(ssl, s_place, _number), nameof(LibSsl.SSL_set_ex_data));

    /// <summary>As <see cref="SealedChain"/> writes it; null: too long to be kept.</summary>
    public void Learn(byte[]? chain)
    {
        lock (_lock)
        {
            if (ReferenceEquals(chain, _chain) || (chain is not null && _chain is not null && chain.AsSpan().SequenceEqual(_chain))) return;
            _chain = chain;
            // Others may be reading the ones before, which the collector frees after them.
            _intermediates = chain is null ? null : SealedChain.Read(chain)?.Certificates;
        }
    }

    /// <summary>The newest, which the caller disposes of; null for none. One that is not for once can be taken again.</summary>
    public KeptSession? Take()
    {
        lock (_lock)
        {
            while (_sessions.Count > 0)
            {
                var newest = _sessions[^1];
                if (newest.IsResumable && !newest.IsForOnce) return newest.Share();
                _sessions.RemoveAt(_sessions.Count - 1);
                if (newest.IsResumable) return newest;
                newest.Dispose();
            }

            return null;
        }
    }

    /// <summary>Nothing more is taken in or given.</summary>
    public void Close()
    {
        s_open.TryRemove(_number, out _);
        lock (_lock)
        {
            foreach (var session in _sessions) session.Dispose();
            _sessions.Clear();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Keep(nint ssl, nint session)
    {
        try
        {
            if (!s_open.TryGetValue(LibSsl.SSL_get_ex_data(ssl, s_place), out var stock)) return 0;
            stock.Add(session);
            return 1;
        }
        catch (Exception)
        {
            // Nothing may be thrown through the library. What is not kept is only not resumed.
            return 0;
        }
    }

    void Add(nint session)
    {
        lock (_lock)
        {
            // Closed meanwhile: the reference is freed all the same.
            var kept = new KeptSession(session);
            _sessions.Add(kept);
            if (_sessions.Count <= Most) return;
            _sessions[0].Dispose();
            _sessions.RemoveAt(0);
        }
    }
}
