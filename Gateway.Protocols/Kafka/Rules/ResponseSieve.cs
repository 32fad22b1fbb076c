using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Leaves out of a whole response what the client may not see: each element of a list that names something for which the schema says what it needs.
/// Allocates nothing that grows with the response but the list of what is left out.
/// </summary>
sealed class ResponseSieve(KafkaRules rules, TopicIds topics)
{
    readonly FrameWalk _walk = new();
    readonly Stack<OpenList> _lists = [];
    readonly Stack<OpenElement> _elements = [];

    /// <summary>Adds what has to be taken out of a frame whose body was walked already.</summary>
    public void Sift(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, BodyEdits edits)
    {
        _walk.Begin(layout, frame, headLength);
        while (_walk.TryNext(frame, out var token))
        {
            var (at, end) = (_walk.At, _walk.At + token.Consumed);
            switch (token.Kind)
            {
                case BodyTokenKind.Tag:
                    edits.EnterTag(token, at, frame.Slice(at, token.Consumed));
                    break;
                case BodyTokenKind.TagEnd:
                    edits.LeaveTag();
                    break;
                case BodyTokenKind.Count when token.Number > 0 && token.Field!.Type.Size() == 0:
                    _lists.Push(new OpenList(at, token.Consumed, token.Number, token.Number));
                    break;
                case BodyTokenKind.Enter:
                    _elements.Push(new OpenElement(at, token.Field!.IsArray, edits.Mark));
                    break;
                case BodyTokenKind.Value when token.Field!.Name == Resources.TypeField && _elements.TryPop(out var typed):
                    _elements.Push(typed with { ResourceType = token.Number });
                    break;
                case BodyTokenKind.Value when token.Field is { Entity: EntityKind.TopicId, Needs: > KafkaOperation.Nothing } && _elements.TryPop(out var known):
                    _elements.Push(known with { Name = token.Field, Id = _walk.Uuid });
                    break;
                case BodyTokenKind.Length when token.Field!.IsArray:
                    var length = token.Consumed + (int)token.Number;
                    EndElement(layout, edits, at, length, IsHidden(layout, token.Field, frame.Slice(end, (int)token.Number), resourceType: 0));
                    break;
                case BodyTokenKind.Length when token.Field!.Needs > KafkaOperation.Nothing && token.Number >= 0 && _elements.TryPop(out var named):
                    _elements.Push(named with { Name = token.Field, NameAt = end, NameLength = (int)token.Number });
                    break;
                case BodyTokenKind.Leave when _elements.TryPop(out var element) && element.IsOfList:
                    var isHidden = IsHidden(layout, element, frame);
                    if (isHidden) edits.Rewind(element.Before);
                    EndElement(layout, edits, element.At, end - element.At, isHidden);
                    break;
            }
        }
    }

    // What nobody knows the name of nobody can say to be allowed.
    bool IsHidden(MessageLayout layout, in OpenElement element, ReadOnlySpan<byte> frame)
    {
        if (element.Name is not { } field) return false;
        if (field.Entity != EntityKind.TopicId) return IsHidden(layout, field, frame.Slice(element.NameAt, element.NameLength), element.ResourceType);
        return topics.Find(element.Id) is not { } name || !rules.Allows(field.Needs, name);
    }

    bool IsHidden(MessageLayout layout, FieldLayout field, ReadOnlySpan<byte> name, long resourceType)
    {
        if (field.Needs <= KafkaOperation.Nothing) return false;
        var needs = field.Entity == EntityKind.Resource ? Resources.Needs(field.Needs, resourceType) : field.Needs;
        return !rules.Allows(needs, needs == KafkaOperation.Cluster ? KafkaApi.All[layout.Key].NameBytes.Span : name);
    }

    /// <summary>An element of the innermost list is at its end; with the last one it is known how many are left.</summary>
    void EndElement(MessageLayout layout, BodyEdits edits, int at, int length, bool isHidden)
    {
        var list = _lists.Pop();
        list = list with { ToCome = list.ToCome - 1, Left = list.Left - (isHidden ? 1 : 0) };
        if (isHidden) edits.Replace(at, length, []);
        if (list.ToCome > 0)
        {
            _lists.Push(list);
            return;
        }

        if (list.Left == list.Count) return;
        Span<byte> count = stackalloc byte[UnsignedVarint.MostBytes];
        edits.Replace(list.At, list.CountLength, count[..WriteCount(count, (int)list.Left, layout.IsFlexible)]);
    }

    static int WriteCount(Span<byte> target, int count, bool isFlexible)
    {
        if (isFlexible) return UnsignedVarint.Write(target, (uint)count + 1);
        BinaryPrimitives.WriteInt32BigEndian(target, count);
        return sizeof(int);
    }

    readonly record struct OpenList(int At, int CountLength, long ToCome, long Left)
    {
        public long Count { get; } = Left;
    }

    readonly record struct OpenElement(int At, bool IsOfList, (int Edits, int Growth) Before)
    {
        public FieldLayout? Name { get; init; }

        public Guid Id { get; init; }

        public int NameAt { get; init; }

        public int NameLength { get; init; }

        public long ResourceType { get; init; }
    }
}
