using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gateway.Actors.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// The revocation lists that connections name, read when they are first asked and again when their file changed. A file that became faulty
/// leaves the list before in force, until that is out of date by itself. Safe for use from several threads.
/// </summary>
public sealed partial class RevocationLists(TimeProvider time, ILogger log)
{
    /// <summary>Bytes. Origin: the largest public lists have 10 MB and hold a quarter of a million certificates.</summary>
    public const long Largest = 16 * 1024 * 1024;

    /// <summary>How long a change may go unnoticed.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Null when there is none that can be read.</summary>
    public RevocationList? Find(string file) => _entries.GetOrAdd(file, static _ => new Entry()).Newest(file, this);

    /// <exception cref="InvalidDataException">The file holds no list that can be used.</exception>
    public static RevocationList Read(string file) => RevocationList.Parse(Bytes(file));

    static byte[] Bytes(string file) =>
        ConfiguredFiles.Bytes(file, Largest) ?? throw new InvalidDataException($"it is larger than {Largest} bytes");

    [LoggerMessage(221, LogLevel.Information, "Took up the revocation list {File}")]
    partial void TookUp(string file);

    [LoggerMessage(222, LogLevel.Warning, "The revocation list {File} is not taken up, the one before stays: {Problem}")]
    partial void KeptOld(string file, string problem);

    sealed class Entry
    {
        readonly Lock _lock = new();
        RevocationList? _list;
        byte[] _readOf = [];
        long? _looked;

        public RevocationList? Newest(string file, RevocationLists owner)
        {
            lock (_lock)
            {
                if (_looked is { } looked && owner.Since(looked) < LookEvery) return _list;
                _looked = owner.Stamp;
                try
                {
                    var bytes = Bytes(file);
                    var hash = SHA256.HashData(bytes);
                    if (hash.AsSpan().SequenceEqual(_readOf)) return _list;
                    _list = RevocationList.Parse(bytes);
                    _readOf = hash;
                    owner.TookUp(file);
                }
                catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    owner.KeptOld(file, e.Message);
                }

                return _list;
            }
        }
    }

    long Stamp => time.GetTimestamp();

    TimeSpan Since(long stamp) => time.GetElapsedTime(stamp);
}
