using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Upstream;

public sealed class UpstreamSecretsSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();
    readonly UpstreamSecrets _secrets = new(new NoSecrets());

    [Theory]
    [InlineData("s3cret")]
    [InlineData("s3cret\n")]
    [InlineData("s3cret\r\n")]
    public async Task A_password_is_its_file_without_a_line_end(string content)
    {
        var login = new UpstreamLogin("gateway", _folder.WriteSecret("password", content));

        var credentials = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(new UpstreamCredentials("gateway", "s3cret"), credentials.Value);
    }

    [Fact]
    public async Task A_changed_file_is_enough_to_change_the_password()
    {
        var login = new UpstreamLogin("gateway", _folder.WriteSecret("password", "old"));
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
        var login = new UpstreamLogin("gateway", _folder.Write("password", "s3cret"));

        var credentials = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(Refusal.UpstreamSecretUnavailable, credentials.Refusal);
        Assert.Contains("chmod 600", credentials.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", credentials.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_too_large_is_refused()
    {
        var large = _folder.WriteSecret("large", new string('x', 65 * 1024));

        Assert.False((await _secrets.ReadAsync(new UpstreamLogin("gateway", large), CancellationToken.None)).IsGranted);
        Assert.False((await _secrets.ReadAsync(new UpstreamLogin("gateway", _folder.PathOf("absent")), CancellationToken.None)).IsGranted);
    }

    [Fact]
    public async Task A_password_can_be_a_variable_of_the_nodes_environment()
    {
        Environment.SetEnvironmentVariable("GATEWAY_SECRET_SPEC", "from-environment");
        var login = new UpstreamLogin("gateway", null) { PasswordEnvironment = "GATEWAY_SECRET_SPEC" };

        Assert.Equal("from-environment", (await _secrets.ReadAsync(login, CancellationToken.None)).Value.Password);
        var absent = await _secrets.ReadAsync(login with { PasswordEnvironment = "GATEWAY_SECRET_ABSENT" }, CancellationToken.None);
        Assert.Equal(Refusal.UpstreamSecretUnavailable, absent.Refusal);
        Assert.Contains("GATEWAY_SECRET_ABSENT", absent.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_secret_that_is_missing_is_refused_by_its_name()
    {
        var login = new UpstreamLogin("gateway", null) { PasswordSecret = "broker" };

        var missing = await _secrets.ReadAsync(login, CancellationToken.None);

        Assert.Equal(Refusal.UpstreamSecretUnavailable, missing.Refusal);
        Assert.Contains("broker", missing.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    sealed class NoSecrets : IRegisteredSecrets
    {
        public Verdict<string> Open(string name) => new Refused(Refusal.UpstreamSecretUnavailable, $"there is no registered secret {name}");
    }
}
