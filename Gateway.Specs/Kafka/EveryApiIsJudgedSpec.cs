using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>Promises that hold for every API in every version that a client may use, whatever the schemas will say.</summary>
public sealed class EveryApiIsJudgedSpec
{
    static readonly OperationRules s_noSecrets = new([], [new("*", "secret*")]);
    static readonly long[] s_denials = [29, 30, 31, 53, 100];

    /// <summary>Whose answers have no place for what is denied of a list.</summary>
    static readonly HashSet<string> s_deniedAsAWhole = ["ConsumerGroupHeartbeat", "ShareGroupHeartbeat", "StreamsGroupHeartbeat"];

    static readonly MessageLayout[] s_requests = [.. RandomMessages.Layouts.Where(l => l.IsRequest && KafkaRanges.Everything.Allow(l.Key, l.Version))];

    public static TheoryData<string> Judged => new(s_requests.Where(l => NamedMessages.NamesIn(new NamedMessages("open", "open").Of(l.Body)).Any()).Select(l => l.ToString()));

    public static TheoryData<string> JudgedInLists => new(
        s_requests.Where(l => NamedMessages.NamesIn(DeniedInPart(l)).Contains("secret")).Select(l => l.ToString()));

    // What brings records ends the session; the first ListConfigResources lists what is the cluster's alone.
    public static TheoryData<string> Sifted => new(
        s_requests.Select(l => KafkaApi.All[l.Key].Response(l.Version)).Where(l => l.IsJudged && l is not ({ Key: 1 or 78 } or { Key: 74, Version: 0 })).Select(l => l.ToString()));

    public static TheoryData<string> OfTheCluster => new(s_requests.Where(l => KafkaApi.All[l.Key].Needs == KafkaOperation.Cluster).Select(l => l.ToString()));

    [Theory]
    [MemberData(nameof(Judged))]
    public void What_may_be_done_goes_on_as_it_came(string message)
    {
        var (session, layout) = (new JudgedSession(s_noSecrets, topics: NamedMessages.Topics()), Layout(message));
        // No regular expression of a client's stays clear of what is denied.
        var request = WithoutPatterns(new NamedMessages("open", "open", "other").Of(layout.Body));

        var (forwarded, answer) = session.Ask(layout, request);

        Assert.Equal((Refusal.None, null), (session.Refusal, answer));
        Assert.Equal(NamedMessages.NamesIn(request), NamedMessages.NamesIn(forwarded!));
        Assert.Empty(session.Denied);
    }

    [Theory]
    [MemberData(nameof(Judged))]
    public void A_request_that_names_nothing_but_what_is_denied_is_answered_so_and_no_name_goes_on(string message)
    {
        var (session, layout) = (new JudgedSession(s_noSecrets, topics: NamedMessages.Topics()), Layout(message));

        var (forwarded, answer) = session.Ask(layout, new NamedMessages("secret", "secret", "secrets").Of(layout.Body));

        Assert.Equal(Refusal.None, session.Refusal);
        Assert.NotEmpty(session.Denied);
        Assert.All(session.Denied, denied => Assert.StartsWith("secret", denied.Resource, StringComparison.Ordinal));
        if (forwarded is not null) Assert.DoesNotContain(NamedMessages.NamesIn(forwarded), name => name.StartsWith("secret", StringComparison.Ordinal));
        // Metadata tells of the brokers too, and so is asked for nonetheless; a Produce without acknowledgement has no answer.
        if (layout.Key == 3) answer = session.Tell(Response(layout), new StructValue(Response(layout).Body));
        if (layout.Key != 0) Assert.Contains(NamedMessages.Errors(answer!), s_denials.Contains);
    }

    [Theory]
    [MemberData(nameof(JudgedInLists))]
    public void What_is_denied_of_a_request_is_taken_out_and_its_error_put_into_the_answer_to_the_rest(string message)
    {
        var (session, layout) = (new JudgedSession(s_noSecrets, topics: NamedMessages.Topics()), Layout(message));
        var request = DeniedInPart(layout);
        if (request.Has("Acks")) request.With("Acks", -1L);

        var (forwarded, answer) = session.Ask(layout, request);

        Assert.Equal(Refusal.None, session.Refusal);
        Assert.NotEmpty(session.Denied);
        Assert.Equal(s_deniedAsAWhole.Contains(layout.Api), forwarded is null);
        if (forwarded is null) Assert.Contains(NamedMessages.Errors(answer!), s_denials.Contains);
        else TheRestGoesOn(session, layout, forwarded);
    }

    static void TheRestGoesOn(JudgedSession session, MessageLayout layout, StructValue forwarded)
    {
        Assert.DoesNotContain("secret", NamedMessages.NamesIn(forwarded));
        Assert.Contains("open", NamedMessages.NamesIn(forwarded));
        var told = session.Tell(Response(layout), new NamedMessages("open", "open").Of(Response(layout).Body))!;
        var errors = NamedMessages.ErrorsBeside(told, "secret").ToArray();
        Assert.NotEmpty(errors);
        Assert.All(errors.SelectMany(e => e), error => Assert.Contains(error, s_denials));
        Assert.All(NamedMessages.ErrorsBeside(told, "open").SelectMany(e => e).Where(e => layout.Key is not (9 or 90)), error => Assert.Equal(0, error));
    }

    [Theory]
    [MemberData(nameof(Sifted))]
    public void What_a_client_may_not_see_is_left_out_of_every_answer(string message)
    {
        var (session, layout) = (new JudgedSession(s_noSecrets, topics: NamedMessages.Topics()), Layout(message));
        var request = KafkaApi.All[layout.Key].Request(layout.Version);
        session.Ask(request, WithoutPatterns(new NamedMessages("open", "open").Of(request.Body)));

        var told = session.Tell(layout, new NamedMessages("open", "open", "secret", "other").Of(layout.Body))!;

        var names = NamedMessages.NamesIn(told).ToArray();
        Assert.DoesNotContain("secret", names);
        Assert.Contains("open", names);
        Assert.Contains("other", names);
    }

    [Theory]
    [MemberData(nameof(OfTheCluster))]
    public void What_concerns_the_cluster_is_denied_to_whoever_is_allowed_only_topics(string message)
    {
        var (session, layout) = (new JudgedSession(new([new("produce", "*"), new("describe", "*")], []), topics: NamedMessages.Topics()), Layout(message));

        var (forwarded, answer) = session.Ask(layout, new NamedMessages("open", "open").Of(layout.Body));

        Assert.Null(forwarded);
        Assert.Equal([new DeniedOperation("cluster", layout.Api)], session.Denied);
        // The first versions of DescribeLogDirs have no place for an error: an empty answer says it.
        if (layout is not { Key: 35, Version: < 3 }) Assert.Contains(31, NamedMessages.Errors(answer!));
    }

    [Theory]
    [InlineData("\nrequest\n  Name: string", "nothing says")]
    [InlineData(" needs nothing\nrequest\n  Name: string as topic", "Name of the request does not say")]
    [InlineData(" needs nothing\nresponse\n  Names: [string] as topic", "Names of the response does not say")]
    [InlineData(" needs nothing\nresponse\n  Name: string as topic needs describe", "Name of the response is in no element")]
    [InlineData(" needs nothing\nresponse\n  L: [struct]\n    S: struct\n      Name: string as topic needs alter", "is in no element")]
    [InlineData(" needs nothing\nrequest\n  Name: string tag 0 as topic needs describe", "Name of the request is in a tagged field")]
    [InlineData(" needs nothing\nrequest\n  S: struct tag 0\n    Names: [string] as topic needs alter", "Names of the request is in a tag")]
    [InlineData(" needs nothing\nresponse\n  S: struct tag 0\n    Names: [string] as topic needs nothing", "of the response is in a tag")]
    public void An_api_that_does_not_say_what_it_needs_is_no_api(string rest, string fault)
    {
        var schema = SchemaReader.Read($"api 900 Open versions 0 flexible never{rest}");

        Assert.Contains(fault, Assert.Throws<FormatException>(() => SchemaCheck.DemandNeeds(schema)).Message, StringComparison.Ordinal);
    }

    static MessageLayout Layout(string message) => RandomMessages.Layouts.First(l => l.ToString() == message);

    static MessageLayout Response(MessageLayout request) => KafkaApi.All[request.Key].Response(request.Version);

    /// <summary>A request that names what is allowed, and in its lists what is not.</summary>
    static StructValue DeniedInPart(MessageLayout request) => WithoutPatterns(new NamedMessages("open", "secret", "open").Of(request.Body));

    static StructValue WithoutPatterns(StructValue value)
    {
        foreach (var field in value.Layout.Fields)
        {
            if (field.Entity == EntityKind.TopicPattern) value[field.Name] = field.IsArray ? new List<object?>() : null;
            else if (value[field.Name] is StructValue inner) WithoutPatterns(inner);
            else if (field.Struct is not null && field.IsArray) Assert.All(value.Structs(field.Name), element => WithoutPatterns(element));
        }

        return value;
    }
}
