using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Support;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.Specs.Mqtt;

public sealed class MqttFuzzSpec(ITestOutputHelper log)
{
    const int Rounds = 20_000;

    static readonly Capture[] s_captures =
        [.. Capture.Names(refused: false).Where(n => n.StartsWith("mqtt/", StringComparison.Ordinal)).Select(Capture.Load)];

    [Fact]
    public void Mutated_traffic_never_throws_and_nothing_unread_is_forwarded()
    {
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (refused, passed) = (0, 0);

        for (var round = 0; round < Rounds; round++)
        {
            var capture = s_captures[random.Next(s_captures.Length)];
            var session = new BottledSession(capture);
            foreach (var step in capture.Steps) session.Feed(step.Direction, Mutated(step.Sent, random));
            var again = Reread(session);
            Assert.True(again.Refusal == Refusal.None, $"round {round} of seed {seed}: {again.Detail}");
            if (session.Refusal == Refusal.None) passed++;
            else refused++;
        }

        Assert.True(refused > Rounds / 10 && passed > Rounds / 10, $"{refused} refused, {passed} passed");
    }

    /// <summary>What went on, read once more as what two sides send: a second session finds nothing to refuse in it.</summary>
    static BottledSession Reread(BottledSession session)
    {
        var again = new BottledSession(new MqttConversation(Limits.Default), OperationRules.Everything, UpstreamCredentials.None);
        again.Feed(Direction.ToUpstream, session.ToUpstream);
        // What was agreed on for AUTH is between the client and the gateway: a second session without that agreement has to refuse it.
        var isAgreed = session.ToClient.AsSpan().IndexOf("GATEWAY-TOKEN"u8) >= 0;
        if (session.Refusal == Refusal.None && !isAgreed) again.Feed(Direction.ToClient, session.ToClient);
        return again;
    }

    static byte[] Mutated(byte[] sent, Random random)
    {
        if (random.Next(4) > 0 || sent.Length == 0) return sent;
        var bytes = (byte[])sent.Clone();
        var at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            default:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
        }
    }
}
