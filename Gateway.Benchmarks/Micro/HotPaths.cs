using System.Buffers;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Benchmarks.Load;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Opaque;
using Gateway.Protocols.Tls;

namespace Gateway.Benchmarks.Micro;

/// <summary>The paths that <c>micro</c> times and <c>gate</c> watches.</summary>
static class HotPaths
{
    const int MessagesPerBlock = Dialogue.BlockBytes / 1024;

    public static IReadOnlyList<HotPath> All()
    {
        var (text, random) = (Payload.Block(random: false), Payload.Block(random: true));
        var hello = CapturedHello();
        var kafka = new KafkaSession(random, OperationRules.Everything);
        var judged = new KafkaSession(random, new OperationRules([new OperationRule("*", "orders*")], [new OperationRule("*", "secret*")]));
        return
        [
            new("opaque-relay-64KiB", Relaying(new OpaqueConversation(), text), MayAllocate: false),
            new("mqtt-relay-64-publications", Relaying(LoggedIn(), new MqttDialogue([text]).Blocks[0]), MayAllocate: false),
            new("kafka-produce-64KiB", kafka.ProduceOnce, MayAllocate: false),
            new("kafka-fetch-64KiB", kafka.FetchOnce, MayAllocate: false),
            new("kafka-produce-64KiB-judged", judged.ProduceOnce, MayAllocate: false),
            new("kafka-fetch-64KiB-judged", judged.FetchOnce, MayAllocate: false),
            new("mask-64-json-fields-in-64KiB", Masking(JsonPath.TryParse("$.card.number", out _)), MayAllocate: false),
            new("mask-cards-found-in-64KiB-json", Masking(null), MayAllocate: false),
            new("mask-64-avro-fields-in-64KiB", AvroMessages.Masking("$.card.number", isChanged: true), MayAllocate: false),
            new("mask-no-avro-field-in-64KiB", AvroMessages.Masking("$.card.absent", isChanged: false), MayAllocate: false),
            new("hello-incomplete", () => ClientHello.Read(hello.AsSpan(0, 100), Limits.Default), MayAllocate: false),
            new("hello-whole", () => ClientHello.Read(hello, Limits.Default), MayAllocate: true),
            new("chunk-fill-by-1KiB", () => Fill(text), MayAllocate: false),
            new("compress-64KiB-text", Compressing(text), MayAllocate: false),
            new("compress-64KiB-random", Compressing(random), MayAllocate: false),
            new("record-64KiB-text", Recording(text), MayAllocate: true),
            new("record-64KiB-random", Recording(random), MayAllocate: true),
            new("frames-write-16", () => WriteFrames(Events(text)), MayAllocate: true),
        ];
    }

    static Action Relaying(Conversation conversation, byte[] input)
    {
        var (toUpstream, toClient) = (new ArrayBufferWriter<byte>(2 * input.Length), new ArrayBufferWriter<byte>(2 * input.Length));
        var output = new RelayOutput(toUpstream, toClient);
        return () =>
        {
            if (conversation.Relay(Direction.ToUpstream, input, output).Refusal is not Refusal.None and var refusal)
                throw new InvalidOperationException($"The conversation refused its own benchmark: {refusal}.");
            toUpstream.ResetWrittenCount();
            toClient.ResetWrittenCount();
        };
    }

    static Conversation LoggedIn()
    {
        var mqtt = ProtocolCatalog.Find("mqtt")!.Begin(Limits.Default);
        var scratch = new ArrayBufferWriter<byte>();
        mqtt.ReadLogin(MqttDialogue.Connect, scratch);
        mqtt.Admit(new OperationRules([new OperationRule("publish", "#")], []), scratch, scratch);
        mqtt.StartUpstreamLogin(UpstreamCredentials.None, scratch);
        mqtt.ReadUpstreamLogin([0x20, 2, 0, 0], scratch);
        return mqtt;
    }

    /// <summary>64 messages of 1 KiB, each with a card number: at a path, or to be found.</summary>
    static Action Masking(JsonPath? path)
    {
        var rule = new MaskingRule
        {
            Name = "cards",
            Action = new(MaskingKind.Redact) { Text = "***" },
            JsonPaths = path is null ? [] : [path],
            Detectors = path is null ? [Detector.Find("card-number")!] : [],
        };
        var masker = new Masker(MaskingRules.TryCreate([rule], static (_, _) => false)!, null);
        var fields = string.Join(',', Enumerable.Range(0, 36).Select(i => $"\"field{i:D2}\":\"value {i} of some\""));
        var message = Encoding.UTF8.GetBytes($"{{{fields},\"card\":{{\"number\":\"4111111111111111\",\"month\":12}}}}");
        var target = new PooledWriter();
        return () =>
        {
            for (var i = 0; i < MessagesPerBlock; i++)
            {
                masker.Begin(Limits.Default.MaskedOutput);
                if (masker.Value(masker.PlanOf(Direction.ToClient, "payments"u8)!, message, target).Fate != MaskedFate.Changed)
                    throw new InvalidOperationException("The masker did not mask its own benchmark.");
                target.Clear();
            }
        };
    }

    static void Fill(byte[] block)
    {
        var draft = ChunkDraft.Rent(TimeProvider.System);
        for (var i = 0; i < MessagesPerBlock; i++) draft.Add(Direction.ToUpstream, block.AsSpan(i * 1024, 1024));
        draft.Return();
    }

    static Action Compressing(byte[] block)
    {
        var destination = new byte[block.Length];
        return () => ChunkCodec.TryCompress(block, destination);
    }

    // A recorder that is never given up counts chunks; its index would overflow only after four thousand million.
    static Action Recording(byte[] block)
    {
        var recorder = new SessionRecorder(s_opened.SessionId);
        recorder.Append(s_opened);
        recorder.Append(new UpstreamSecured { At = 1, Address = "", TlsVersion = "TLS 1.3", TlsSuite = "", CertificateSha256 = "" });
        var draft = ChunkDraft.Rent(TimeProvider.System);
        draft.Add(Direction.ToUpstream, block);
        return () => recorder.Append(draft);
    }

    static readonly SessionOpened s_opened = new()
    {
        SessionId = "benchmark-01JABCDEFGHJKMNPQRSTVWXYZ0",
        Connection = "benchmark",
        Protocol = "tls",
        NodeKey = "benchmark",
        OpenedAt = 0,
        Client = new ClientFacts { Address = "127.0.0.1:1", Offered = "TLS 1.3" },
        Subject = "load",
        Issuer = "certificate",
        Groups = [],
        Strict = false,
        UpstreamPlaintext = false,
    };

    static void WriteFrames(IAsyncEnumerable<JournaledEvent> events)
    {
        // Nothing in it waits: the events lie ready and the stream swallows them.
        var written = EventFrames.WriteAsync(events, Stream.Null, CancellationToken.None);
        if (!written.IsCompletedSuccessfully) throw new InvalidOperationException("Writing frames waited for something.");
    }

    static async IAsyncEnumerable<JournaledEvent> Events(byte[] block)
    {
        // An asynchronous sequence by contract alone: nothing to wait for.
        await Task.CompletedTask;
        for (var i = 1; i <= 16; i++) yield return new JournaledEvent(i, "traffic", block);
    }

    /// <summary>What OpenSSL 3 says first, as the specs keep it.</summary>
    static byte[] CapturedHello() => Convert.FromHexString(
        string.Concat(File.ReadAllLines(Path.Combine(Repository.Root, "Gateway.Specs/Captures/client-hello/openssl-tls13.hex"))));
}
