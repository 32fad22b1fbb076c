using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Upstream;

public sealed class UpstreamSecretsSpec : IDisposable
{
    const string Key = "the entirely secret text of a masking key";

    readonly ConfigurationFolder _folder = new();
    readonly UpstreamSecrets _secrets = new(new OneSecret(), new UpstreamTokens(TimeProvider.System));

    [Theory]
    [InlineData("s3cret")]
    [InlineData("s3cret\n")]
    [InlineData("s3cret\r\n")]
    public async Task A_password_is_its_file_without_a_line_end(string content)
    {
        var login = new UpstreamLogin("gateway", OfFile(_folder.WriteSecret("password", content)));

        var credentials = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(new UpstreamCredentials("gateway", "s3cret"), credentials.Value);
    }

    [Fact]
    public async Task A_changed_file_is_enough_to_change_the_password()
    {
        var login = new UpstreamLogin("gateway", OfFile(_folder.WriteSecret("password", "old")));
        await _secrets.ReadAsync(login, CancellationToken.None);

        _folder.WriteSecret("password", "new");

        Assert.Equal("new", (await _secrets.ReadAsync(login, CancellationToken.None)).Value.Password);
    }

    [Fact]
    public async Task A_login_without_a_password_file_has_no_password() =>
        Assert.Equal(UpstreamCredentials.None, (await _secrets.ReadAsync(UpstreamLogin.None, CancellationToken.None)).Value);

    [Fact]
    public async Task A_file_that_others_can_read_is_refused_without_telling_what_it_holds()
    {
        var login = new UpstreamLogin("gateway", OfFile(_folder.Write("password", "s3cret")));

        var credentials = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(Refusal.UpstreamSecretUnavailable, credentials.Refusal);
        Assert.Contains("chmod 600", credentials.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", credentials.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_too_large_is_refused()
    {
        var large = _folder.WriteSecret("large", new string('x', 65 * 1024));

        foreach (var file in new[] { large, _folder.PathOf("absent") })
            Assert.False((await _secrets.ReadAsync(new UpstreamLogin("gateway", OfFile(file)), CancellationToken.None)).IsGranted);
    }

    [Fact]
    public async Task Of_a_mounted_secret_too_the_content_is_measured_and_not_the_link_to_it()
    {
        using var mounted = new MountedFile("password");
        var login = new UpstreamLogin("gateway", OfFile(mounted.Path));

        mounted.Put("s3cret"u8.ToArray());
        Assert.Equal("s3cret", (await _secrets.ReadAsync(login, CancellationToken.None)).Value.Password);

        mounted.Put(new byte[64 * 1024 + 1]);
        var credentials = await _secrets.ReadAsync(login, CancellationToken.None);
        Assert.Contains("larger than 65536 bytes", credentials.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_can_be_a_variable_of_the_nodes_environment()
    {
        Environment.SetEnvironmentVariable("GATEWAY_SECRET_SPEC", "from-environment");
        var login = new UpstreamLogin("gateway", new(null, "GATEWAY_SECRET_SPEC", null));

        Assert.Equal("from-environment", (await _secrets.ReadAsync(login, CancellationToken.None)).Value.Password);
        var absent = await _secrets.ReadAsync(login with { Password = new(null, "GATEWAY_SECRET_ABSENT", null) }, CancellationToken.None);
        Assert.Equal(Refusal.UpstreamSecretUnavailable, absent.Refusal);
        Assert.Contains("GATEWAY_SECRET_ABSENT", absent.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_secret_that_is_missing_is_refused_by_its_name()
    {
        var login = new UpstreamLogin("gateway", new(null, null, "broker"));

        var missing = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(Refusal.UpstreamSecretUnavailable, missing.Refusal);
        Assert.Contains("broker", missing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_masking_key_is_read_from_where_passwords_are_and_its_file_is_enough_to_change_it()
    {
        Environment.SetEnvironmentVariable("GATEWAY_SECRET_SPEC_KEY", Key);
        var file = OfFile(_folder.WriteSecret("masking.key", Key + "\n"));

        foreach (var place in new SecretPlace[] { file, new(null, "GATEWAY_SECRET_SPEC_KEY", null), new(null, null, "masking") })
            Assert.Equal(MaskingKey.Of(Key)!.Id, (await _secrets.ReadKeyAsync(place, CancellationToken.None)).Value.Id);
        _folder.WriteSecret("masking.key", Key + "!");
        Assert.Equal(MaskingKey.Of(Key + "!")!.Id, (await _secrets.ReadKeyAsync(file, CancellationToken.None)).Value.Id);
    }

    [Fact]
    public async Task A_masking_key_that_is_missing_or_too_short_is_refused_without_telling_it()
    {
        var large = _folder.WriteSecret("large", new string('x', 65 * 1024));
        var shorter = _folder.WriteSecret("short", Key[..(MaskingKey.LeastCharacters - 1)]);

        foreach (var (place, told) in new[]
        {
            (OfFile(large), "holds the secret alone"), (OfFile(shorter), $"shorter than {MaskingKey.LeastCharacters} characters"),
            (OfFile(_folder.PathOf("absent")), "the masking key: "), (new(null, null, "nobody"), "no registered secret nobody"),
        })
        {
            var read = await _secrets.ReadKeyAsync(place, CancellationToken.None);
            Assert.Equal(Refusal.MaskingKeyUnavailable, read.Refusal);
            Assert.Contains(told, read.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(Key[..8], read.Detail, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    static SecretPlace OfFile(string file) => new(file, null, null);

    sealed class OneSecret : IRegisteredSecrets
    {
        public Verdict<string> Open(string name) => name == "masking"
            ? Key
            : new Refused(Refusal.UpstreamSecretUnavailable, $"there is no registered secret {name}");
    }
}
