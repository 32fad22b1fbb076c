using System.Numerics;

namespace Gateway.Protocols.Mqtt;

/// <summary>A set of 16-bit numbers, one bit each: 8 KiB at the very most.</summary>
sealed class NumberSet
{
    ulong[] _words = [];

    public bool Contains(ushort id) => id >> 6 < _words.Length && (_words[id >> 6] & Bit(id)) != 0;

    public void Add(ushort id)
    {
        if (id >> 6 >= _words.Length) Array.Resize(ref _words, (int)BitOperations.RoundUpToPowerOf2((uint)(id >> 6) + 1));
        _words[id >> 6] |= Bit(id);
    }

    /// <summary>False when it was not there.</summary>
    public bool Remove(ushort id)
    {
        if (!Contains(id)) return false;
        _words[id >> 6] &= ~Bit(id);
        return true;
    }

    static ulong Bit(ushort id) => 1UL << (id & 63);
}
