using System.Text;

namespace Gateway.Protocols;

/// <summary>
/// What a session did so far: each distinct operation on each distinct resource once, for the index that sessions are found by. Seeing again what was seen
/// before allocates nothing. Bounded, whatever the client does: beyond <see cref="Most"/> it holds no more and is not <see cref="IsWhole"/>. For one thread
/// at a time.
/// </summary>
/// <param name="keepsAllowed">False: only what was denied is kept.</param>
public sealed class SeenOperations(bool keepsAllowed = true)
{
    /// <summary>Operations on resources of one session. Origin: clients use a handful of topics; who uses hundreds is found in its recording.</summary>
    public const int Most = 256;

    /// <summary>Bytes of a resource's name that are looked at: two names that are alike so far are one. Origin: what the index keeps of a text, in UTF-8.</summary>
    public const int LongestName = 512 * 3;

    readonly bool _keepsAllowed = keepsAllowed;
    readonly List<Lane> _lanes = [];
    List<SeenOperation>? _fresh;
    int _count;

    /// <summary>Every operation that was seen is held.</summary>
    public bool IsWhole { get; private set; } = keepsAllowed;

    /// <summary>Something was seen that <see cref="Take"/> has not handed out.</summary>
    public bool HasFresh => _fresh is not null;

    /// <summary>True when that operation was seen on that resource already, with either outcome: nothing has to be found out about it again.</summary>
    public bool Knows(string operation, ReadOnlySpan<byte> resource)
    {
        var name = Name(resource);
        foreach (var lane in _lanes)
        {
            if (lane.Operation == operation && lane.Has(name)) return true;
        }

        return false;
    }

    /// <summary>Takes note of an operation, in the protocol's own word, on a resource whose name is UTF-8.</summary>
    public void See(string operation, ReadOnlySpan<byte> resource, bool isDenied)
    {
        if (!_keepsAllowed && !isDenied) return;
        var name = Name(resource);
        var lane = LaneOf(operation, isDenied);
        if (lane is not null && lane.Has(name)) return;
        if (_count == Most)
        {
            IsWhole = false;
            return;
        }

        _count++;
        if (lane is null) _lanes.Add(lane = new Lane(operation, isDenied));
        lane.Add(name);
        (_fresh ??= []).Add(new SeenOperation(operation, Encoding.UTF8.GetString(name), isDenied));
    }

    /// <summary>What was seen for the first time since this was asked last.</summary>
    public IReadOnlyList<SeenOperation> Take()
    {
        IReadOnlyList<SeenOperation> taken = _fresh ?? [];
        _fresh = null;
        return taken;
    }

    static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> resource) => resource.Length <= LongestName ? resource : resource[..LongestName];

    Lane? LaneOf(string operation, bool isDenied)
    {
        foreach (var lane in _lanes)
        {
            if (lane.IsDenied == isDenied && lane.Operation == operation) return lane;
        }

        return null;
    }

    /// <summary>One operation with one outcome, on whatever resources.</summary>
    sealed class Lane(string operation, bool isDenied)
    {
        readonly HashSet<byte[]> _names = new(NameComparer.Instance);
        byte[]? _last;

        public string Operation { get; } = operation;

        public bool IsDenied { get; } = isDenied;

        // Most messages are for the topic of the one before.
        public bool Has(ReadOnlySpan<byte> name) => _last is not null && name.SequenceEqual(_last)
            || _names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out _last);

        public void Add(ReadOnlySpan<byte> name) => _names.Add(_last = name.ToArray());
    }

    /// <summary>Hashed with the process's own secret: a client cannot choose names that fall into one place.</summary>
    sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

/// <summary>One operation on one resource, such as <c>publish</c> on a topic, and whether the rules denied it.</summary>
public sealed record SeenOperation(string Operation, string Resource, bool IsDenied);
