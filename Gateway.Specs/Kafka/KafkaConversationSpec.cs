using System.Buffers;
using System.Runtime.CompilerServices;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaConversationSpec
{
    [Fact]
    public void Once_it_is_logged_in_a_session_holds_the_gateways_password_no_more()
    {
        var conversation = new KafkaConversation(Limits.Default);
        var credentials = LoggedIn(conversation);

        GC.Collect();

        Assert.False(credentials.IsAlive);
        GC.KeepAlive(conversation);
    }

    [Fact]
    public void A_client_is_told_how_long_its_session_lasts_at_its_login_and_at_each_new_proof()
    {
        var (conversation, capture) = (new KafkaConversation(Limits.Default), Capture.Load("kafka/login-bearer.hex"));
        var (login, renewal) = (Sent(capture, Direction.ToUpstream, 4), capture.Steps.Where(s => s.Direction == Direction.ToUpstream).TakeLast(2).ToArray());
        var (nobody, output) = (new ArrayBufferWriter<byte>(), new RelayOutput(new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>()));
        ArrayBufferWriter<byte> admitted = new(), renewed = new();
        conversation.Begin(capture.Circumstances);
        var at = 0;
        LoginRead read;
        for (read = default; read.Proof is null; at += read.Consumed) read = conversation.ReadLogin(login.AsSpan(at), nobody);

        conversation.AccessLeft = TimeSpan.FromSeconds(90);
        conversation.Admit(capture.Rules, nobody, admitted);
        conversation.StartUpstreamLogin(capture.Login, nobody);
        foreach (var step in renewal) conversation.Relay(Direction.ToUpstream, step.Sent, output);
        Assert.NotNull(output.Proof);
        conversation.AccessLeft = TimeSpan.FromMinutes(5);
        conversation.Renewed(renewed);

        Assert.Equal((90_000, 300_000), (Lifetime(admitted.WrittenSpan), Lifetime(renewed.WrittenSpan)));
    }

    /// <summary>What a response to SaslAuthenticate v2 says of it.</summary>
    static long Lifetime(ReadOnlySpan<byte> frame)
    {
        const int Head = 9;
        return new MessageReader().Read(KafkaApi.All[36].Response(2), frame[Head..], mostStructs: 1)!.Number("SessionLifetimeMs");
    }

    // In a frame of its own, so that nothing but the conversation may hold on to the credentials.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference LoggedIn(KafkaConversation conversation)
    {
        var capture = Capture.Load("kafka/addresses.hex");
        var (fromClient, fromUpstream) = (Sent(capture, Direction.ToUpstream, 3), Sent(capture, Direction.ToClient, 2));
        var output = new ArrayBufferWriter<byte>();
        conversation.Begin(capture.Circumstances);
        Assert.NotNull(conversation.ReadLogin(fromClient, output).Proof);
        conversation.Admit(capture.Rules, output, output);
        var credentials = new UpstreamCredentials("gateway", new string('x', 20));
        conversation.StartUpstreamLogin(credentials, output);
        var consumed = conversation.ReadUpstreamLogin(fromUpstream, output).Consumed;
        Assert.True(conversation.ReadUpstreamLogin(fromUpstream.AsSpan(consumed), output).IsDone);
        return new WeakReference(credentials);
    }

    static byte[] Sent(Capture capture, Direction direction, int steps) =>
        [.. capture.Steps.Where(s => s.Direction == direction).Take(steps).SelectMany(s => s.Sent)];
}
