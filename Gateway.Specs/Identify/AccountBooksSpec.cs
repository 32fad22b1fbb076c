using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class AccountBooksSpec
{
    static readonly byte[] s_salt = new byte[ScramVerifier.UsualSalt];

    readonly FakeTimeProvider _time = new();
    readonly Dictionary<string, string> _secrets = new()
    {
        ["billing"] = $"{Of(SaslMechanism.ScramSha512)}\n{Of(SaslMechanism.ScramSha256)}\n",
        ["meter"] = Of(SaslMechanism.ScramSha256, iterations: 4096),
        ["broken"] = "hunter2",
        ["twice"] = $"{Of(SaslMechanism.ScramSha256)}\n{Of(SaslMechanism.ScramSha256)}",
    };

    int _reads;

    [Theory]
    [InlineData("billing", SaslMechanism.ScramSha256)]
    [InlineData("billing", SaslMechanism.ScramSha512)]
    [InlineData("meter", SaslMechanism.ScramSha256)]
    public async Task An_account_is_judged_by_its_verifier_for_the_mechanism_that_the_client_chose(string name, SaslMechanism mechanism)
    {
        var answer = await AskAsync(Books(), name, mechanism);

        Assert.Equal((null, mechanism), (answer.Fault, answer.Verifier.Mechanism));
        Assert.Contains(answer.Verifier.Write(), _secrets[name], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "connection spec has no account nobody")]
    [InlineData("meter", "account meter has no verifier for SCRAM-SHA-512")]
    [InlineData("broken", "the verifier of account broken: what is there is none; make one with: gateway secrets scram")]
    [InlineData("twice", "the verifier of account twice: what is there is none")]
    [InlineData("gone", "the verifier of account gone: there is no registered secret gone")]
    public async Task A_name_that_nobody_can_log_in_by_gets_a_verifier_too_and_the_record_says_why_it_is_of_no_use(string name, string fault)
    {
        var answer = await AskAsync(Books(), name, SaslMechanism.ScramSha512);

        Assert.StartsWith(fault, answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer.Fault, StringComparison.Ordinal);
        var like = ScramVerifier.Read(_secrets["billing"].Split('\n')[0])!;
        Assert.Equal(
            (like.Mechanism, like.Iterations, like.Salt.Length, like.StoredKey.Length),
            (answer.Verifier.Mechanism, answer.Verifier.Iterations, answer.Verifier.Salt.Length, answer.Verifier.StoredKey.Length));
    }

    [Fact]
    public async Task What_nobodys_name_is_answered_is_the_same_on_every_node_and_for_ever_and_another_for_each_name_mechanism_and_cluster()
    {
        async Task<string> SaltAsync(AccountBooks books, string name, SaslMechanism mechanism = SaslMechanism.ScramSha256) =>
            Convert.ToBase64String((await AskAsync(books, name, mechanism)).Verifier.Salt);

        var salt = await SaltAsync(Books(), "nobody");
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(salt, await SaltAsync(Books(), "nobody"));
        Assert.NotEqual(salt, await SaltAsync(Books(), "nobody2"));
        Assert.NotEqual(salt, await SaltAsync(Books(), "nobody", SaslMechanism.ScramSha512));
        Assert.NotEqual(salt, await SaltAsync(Books(key: 2), "nobody"));
    }

    [Fact]
    public async Task Numbers_of_iterations_are_those_of_some_account_so_that_they_tell_nothing()
    {
        var books = Books();
        var told = new HashSet<int>();
        for (var i = 0; i < 64; i++) told.Add((await AskAsync(books, $"nobody-{i}", SaslMechanism.ScramSha256)).Verifier.Iterations);

        Assert.Equal([4096, ScramVerifier.UsualIterations], told.Order());
    }

    [Fact]
    public async Task However_many_names_are_tried_secrets_are_read_once_a_second_and_a_changed_one_counts_from_the_next()
    {
        var (books, profile) = (Books(), Profile());
        for (var i = 0; i < 20; i++) await books.FindAsync(profile, new AccountQuestion($"nobody-{i}", SaslMechanism.ScramSha256), default);
        Assert.Equal(profile.Access.Accounts.Count, _reads);

        _secrets.Remove("billing");
        _time.Advance(TimeSpan.FromSeconds(1));
        var answer = await books.FindAsync(profile, new AccountQuestion("billing", SaslMechanism.ScramSha256), default);

        Assert.Contains("there is no registered secret billing", answer.Fault, StringComparison.Ordinal);
    }

    AccountBooks Books(byte key = 1) => new(
        (place, _) =>
        {
            _reads++;
            return Task.FromResult(_secrets.TryGetValue(place.Registered!, out var secret)
                ? (Verdict<string>)secret
                : new Refused(Refusal.UpstreamSecretUnavailable, $"there is no registered secret {place.Registered}"));
        },
        [key], _time);

    static Task<AccountAnswer> AskAsync(AccountBooks books, string name, SaslMechanism mechanism) =>
        books.FindAsync(Profile(), new AccountQuestion(name, mechanism), CancellationToken.None);

    static ConnectionProfile Profile()
    {
        var profile = TestProfiles.For(TestProfiles.Tls13);
        string[] names = ["billing", "meter", "broken", "twice", "gone"];
        return profile with { Access = profile.Access with { Accounts = [.. names.Select(name => new ServiceAccount(name, [], new SecretPlace(null, null, name)))] } };
    }

    static string Of(SaslMechanism mechanism, int iterations = ScramVerifier.UsualIterations) =>
        ScramVerifier.Of(mechanism, "correct horse", s_salt, iterations).Write();
}
