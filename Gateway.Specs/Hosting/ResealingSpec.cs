using System.Security.Cryptography;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>After a new cluster key everything is sealed again, so that the old one can be taken out.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class ResealingSpec : IDisposable
{
    const int Recordings = 1_203;

    readonly PostgresServer _server;
    readonly ConfigurationFolder _folder = new();
    readonly HeldRegistry _registry = new();
    readonly ClusterKey _before;
    readonly ClusterKey _both;
    readonly ClusterKey _after;

    public ResealingSpec(PostgresServer server)
    {
        _server = server;
        var (older, newer) = (Convert.ToBase64String(new byte[32]), Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()));
        _before = ClusterKey.Load(_folder.WriteSecret("before.key", older), create: false);
        _both = ClusterKey.Load(_folder.WriteSecret("both.key", $"{newer}\n{older}\n"), create: false);
        _after = ClusterKey.Load(_folder.WriteSecret("after.key", newer), create: false);
    }

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Everything_that_an_old_key_sealed_opens_with_the_new_one_alone(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, _server);
        var keys = new RecordingKeys(journal.Database);
        await RecordAsync(journal, keys, database);
        Register();
        var resealing = new Resealing(_registry, _registry, keys, _both);
        Assert.Equal(
            [new SealedByView(_both.Ids[0], "newest", 0, 0, 0), new SealedByView(_both.Ids[1], "older", 1, 4, Recordings)],
            (await resealing.ShowAsync(default)).Keys);

        var (done, _) = await resealing.SealAgainAsync(SampleRegistry.ActOf("again"), "", default);
        var (again, _) = await resealing.SealAgainAsync(SampleRegistry.ActOf("and again"), "", default);

        Assert.Equal(new ResealView(_both.Ids[0], 5, Recordings, 0, null), done);
        Assert.Equal(new ResealView(_both.Ids[0], 0, 0, 0, null), again);
        Assert.Equal(
            [new SealedByView(_both.Ids[0], "newest", 1, 4, Recordings), new SealedByView(_both.Ids[1], "older", 0, 0, 0)],
            (await resealing.ShowAsync(default)).Keys);
        var now = _registry.Current;
        Assert.Equal("hunter2", _after.Open("broker", now.Secrets["broker"].Sealed.Span));
        Assert.NotNull(_after.OpenBytes("gateway.certificate.1", "edge/1", now.Certificates.All["edge"].Versions[0].SealedKey.Span));
        var account = now.Certificates.Accounts["public"];
        Assert.Equal("key"u8.ToArray(), _after.OpenBytes("gateway.acme-account.1", "public", account.SealedKey.Span));
        Assert.Equal("next"u8.ToArray(), _after.OpenBytes("gateway.acme-account.1", "public", account.SealedNextKey.Span));
        Assert.NotNull(_after.OpenBytes("gateway.authority.1", "1", now.Certificates.Authorities[1].SealedKey.Span));
        Assert.Equal(Recording(17), _after.OpenBytes(RecordingKey.What, "s0017", (await keys.FindAsync("s0017", default)).Bytes));
        Assert.Equal(new SealedKey(null, 7), await keys.FindAsync("erased", default));
    }

    [Fact]
    public async Task Secrets_of_the_largest_size_are_sealed_again_in_changes_that_each_fit_into_a_message()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, _server);
        var largest = new string('x', ClusterKey.MostSecretBytes);
        var names = Enumerable.Range(0, 20).Select(n => $"broker-{n}").ToArray();
        _registry.Do(names.Select(name => new SecretPut { Act = SampleRegistry.Act, Name = name, Sealed = _before.Seal(name, largest) }));
        var proposed = new OneMessage(_registry);
        var resealing = new Resealing(_registry, proposed, new RecordingKeys(journal.Database), _both);

        var (done, answer) = await resealing.SealAgainAsync(SampleRegistry.ActOf("again"), "", default);

        Assert.True(answer.IsDone, answer.Detail);
        Assert.Equal((20, 0), (done!.Registry, done.Unopened));
        Assert.All(names, name => Assert.Equal(largest, _after.Open(name, _registry.Current.Secrets[name].Sealed.Span)));
        Assert.Equal(proposed.Ids.Count, proposed.Ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task What_no_key_of_the_node_opens_is_counted_and_left_as_it_is()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, _server);
        _registry.Do(new SecretPut { Act = SampleRegistry.Act, Name = "broker", Sealed = _before.Seal("broker", "hunter2") });
        var resealing = new Resealing(_registry, _registry, new RecordingKeys(journal.Database), _after);

        var (done, _) = await resealing.SealAgainAsync(SampleRegistry.ActOf("again"), "", default);

        Assert.Equal((0, 1), (done!.Registry, done.Unopened));
        Assert.Equal("hunter2", _before.Open("broker", _registry.Current.Secrets["broker"].Sealed.Span));
        Assert.Contains(new SealedByView(_before.Ids[0], "unknown", 1, 0, 0), (await resealing.ShowAsync(default)).Keys);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Recordings_that_no_key_of_the_node_opens_keep_no_other_from_being_sealed_again(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, _server);
        var keys = new RecordingKeys(journal.Database);
        var lost = ClusterKey.Ephemeral();
        var unopenable = Enumerable.Range(0, 7).Select(n => ($"a{n}", lost, Recording(n)));
        await InsertAsync(journal, database, unopenable.Append(("b", _before, Recording(7))));
        _registry.Do(new SecretPut { Act = SampleRegistry.Act, Name = "broker", Sealed = _before.Seal("broker", "hunter2") });
        var resealing = new Resealing(_registry, _registry, keys, _both, most: 3);
        var done = new List<ResealView>();

        do
        {
            var act = SampleRegistry.ActOf($"again-{done.Count}");
            done.Add((await resealing.SealAgainAsync(act, done.LastOrDefault()?.Next ?? "", default)).Done!);
        }
        while (done[^1].Next is not null);

        var key = _both.Ids[0];
        Assert.Equal([new(key, 1, 0, 3, "a2"), new(key, 0, 0, 3, "a5"), new(key, 0, 1, 1, null)], done);
        Assert.Equal(Recording(7), _after.OpenBytes(RecordingKey.What, "b", (await keys.FindAsync("b", default)).Bytes));
    }

    [Fact]
    public void What_was_set_anew_or_removed_meanwhile_is_left_alone()
    {
        var old = _before.Seal("broker", "hunter2");
        var again = new Resealed
        {
            Act = SampleRegistry.Act,
            Kind = ResealedKind.Secret,
            Name = "broker",
            Number = 0,
            Replaces = SHA256.HashData(old),
            Sealed = _after.Seal("broker", "hunter2"),
        };
        var there = RegistrySnapshot.Empty.With(new SecretPut { Act = SampleRegistry.Act, Name = "broker", Sealed = old }, 1);

        Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(there, again).Outcome);
        var anew = there.With(new SecretPut { Act = SampleRegistry.Act, Name = "broker", Sealed = _before.Seal("broker", "other") }, 2);
        Assert.Equal(RegistryOutcome.Unchanged, RegistryDecisions.Judge(anew, again).Outcome);
        var gone = there.With(new SecretRemoved { Act = SampleRegistry.Act, Name = "broker" }, 2);
        Assert.Equal(RegistryOutcome.Unchanged, RegistryDecisions.Judge(gone, again).Outcome);
    }

    public void Dispose() => _folder.Dispose();

    void Register()
    {
        _registry.Do(
        [
            new SecretPut { Act = SampleRegistry.Act, Name = "broker", Sealed = _before.Seal("broker", "hunter2") },
            .. SampleCertificates.Active("edge", _before),
            .. SampleCertificates.Authority(1, AuthorityStage.Signing, _before),
            new AcmeAccountKept
            {
                Act = SampleRegistry.Act,
                Issuer = "public",
                Directory = "https://acme.example.org/dir",
                SealedKey = _before.SealBytes("gateway.acme-account.1", "public", "key"u8),
                SealedNextKey = _before.SealBytes("gateway.acme-account.1", "public", "next"u8),
            },
        ]);
    }

    // More than one page.
    async Task RecordAsync(TestJournal journal, RecordingKeys keys, string database)
    {
        var recordings = Enumerable.Range(0, Recordings).Select(n => ($"s{n:0000}", _before, Recording(n)));
        await InsertAsync(journal, database, recordings.Append(("erased", _before, [1])));
        await keys.DestroyAsync("erased", 7, default);
    }

    static async Task InsertAsync(
        TestJournal journal, string database, IEnumerable<(string Session, ClusterKey By, byte[] Plain)> recordings)
    {
        string Row(string session, ClusterKey by, byte[] plain)
        {
            var hex = Convert.ToHexString(by.SealBytes(RecordingKey.What, session, plain));
            return database == TestJournal.Sqlite ? $"('{session}', x'{hex}')" : $"('{session}', '\\x{hex}')";
        }

        var rows = recordings.Select(recording => Row(recording.Session, recording.By, recording.Plain));
        await journal.SqlAsync($"insert into gateway_session_keys (session_id, sealed_key) values {string.Join(", ", rows)}");
    }

    static byte[] Recording(int n) => SHA256.HashData(BitConverter.GetBytes(n));

    /// <summary>Takes what goes through one message to the registry's writer, and as that message has it.</summary>
    sealed class OneMessage(IRegistryCommands writer) : IRegistryCommands
    {
        public List<string> Ids { get; } = [];

        public Task<RegistryAnswer> ChangeAsync(IReadOnlyList<RegistryEvent> acts, long? basis, CancellationToken cancel)
        {
            if (ProposeActs.Of(acts, basis) is not { } message)
                return Task.FromResult(new RegistryAnswer(RegistryOutcome.Invalid, 0, "too large"));
            Ids.Add(message.ActId);
            return writer.ChangeAsync(message.Read(), basis, cancel);
        }
    }
}
