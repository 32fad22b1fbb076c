using System.Buffers;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// The registry's record as it grows: number, chain and fold. Every event passes once, in its order, whether it is appended or lies in the
/// journal already. Not thread-safe.
/// </summary>
public sealed class RegistryRecorder
{
    readonly byte[] _chain = RegistrySeal.Start();
    readonly byte[] _beforeLast = new byte[SessionChain.Length];
    StoredEvent? _last;

    /// <summary>The registry after the newest event.</summary>
    public RegistrySnapshot Snapshot { get; private set; } = RegistrySnapshot.Empty;

    /// <summary>The chain value after the newest event: with it an auditor can tell later that nothing before was cut off.</summary>
    public ReadOnlyMemory<byte> Head => _chain.ToArray();

    /// <summary>Signs and chains one more event.</summary>
    public StoredEvent Append(RegistryEvent e, SealKey key)
    {
        var content = new ArrayBufferWriter<byte>(512);
        RegistryEventTable.Table.WriteContent(e, content);
        var manifest = RegistryEventTable.Table.ManifestOf(e);
        var bytes = RegistrySeal.Store(manifest, content.WrittenSpan, key.Id.Span, _chain, key.Sign);
        Snapshot = Snapshot.With(e, Snapshot.Revision + 1);
        _last = null;
        return new StoredEvent(manifest, bytes);
    }

    /// <summary>
    /// Takes an event that lies in the journal already, chain checked; its signature is that of the newest one's matter, see
    /// <see cref="RequireSignature"/>. Throws <see cref="JournalFormatException"/>.
    /// </summary>
    public RegistryEvent Recover(StoredEvent stored)
    {
        var e = RegistryEventTable.Table.ReadContent(stored.Manifest, RegistrySeal.ContentOf(stored.Bytes));
        _chain.CopyTo(_beforeLast, 0);
        if (!RegistrySeal.Continues(stored.Manifest, stored.Bytes, _chain))
            throw new JournalFormatException(0, $"Event {Snapshot.Revision + 1} of the registry does not continue the chain");
        _last = stored;
        Snapshot = Snapshot.With(e, Snapshot.Revision + 1);
        return e;
    }

    /// <summary>
    /// Requires that the newest recovered event was signed by one of the keys, which proves all before it. Throws
    /// <see cref="InvalidDataException"/>: somebody else wrote to the registry.
    /// </summary>
    public void RequireSignature(SealPublicKeys keys)
    {
        if (_last is not { } last) return;
        var id = RegistrySeal.KeyIdOf(last.Bytes);
        if (keys.Find(id) is not { } key)
        {
            throw new InvalidDataException(
                $"Event {Snapshot.Revision} of the registry is signed by an unknown key ({Convert.ToHexStringLower(id)}); "
                + "if it is an earlier seal key of this cluster, add its public part to Gateway:Registry:FormerSealKeysFile.");
        }

        if (!RegistrySeal.Verify(last.Manifest, last.Bytes, _beforeLast, key))
            throw new InvalidDataException($"Event {Snapshot.Revision} of the registry does not have the signature of a gateway; somebody else wrote it.");
    }
}
