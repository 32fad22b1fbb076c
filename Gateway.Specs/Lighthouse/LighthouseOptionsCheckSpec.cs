using Gateway.Lighthouse;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Lighthouse;

public sealed class LighthouseOptionsCheckSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    readonly TestCertificates _authority = new();

    readonly Dictionary<string, string?> _sound;

    public LighthouseOptionsCheckSpec() => _sound = LighthouseProcess.Settings(_authority, _folder.Root, 4053, 4054)
        .ToDictionary(s => s.Key.Replace("__", ":", StringComparison.Ordinal), s => (string?)s.Value);

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Sound_settings_have_no_fault()
    {
        Assert.Empty(Faults());
    }

    [Theory]
    [InlineData("Port", "0", "Lighthouse:Port is \"0\": must be between 1 and 65535; correct the value")]
    [InlineData("Port", "65536", "Lighthouse:Port is \"65536\": must be between 1 and 65535; correct the value")]
    [InlineData("HealthPort", "-1", "Lighthouse:HealthPort is \"-1\": must be between 1 and 65535; correct the value")]
    [InlineData("HealthPort", "4053", "Lighthouse:HealthPort is \"4053\": is the remoting port; choose another one")]
    [InlineData("Name", "a b", "Lighthouse:Name is \"a b\": must be 1 to 64 letters, digits, dashes, dots or underscores; "
        + "give the lighthouse a plain name")]
    [InlineData("Seeds:1", "x", "Lighthouse:Seeds:1 is \"x\": is not host:port; write it like lighthouse-0.internal:4053")]
    [InlineData("Colour", "red", "Lighthouse:Colour: there is no such setting; "
        + "use some of CertificateFile, ClusterAuthoritiesFile, DataDirectory, HealthPort, Host, KeyFile, Name, Port, Seeds")]
    public void A_fault_names_setting_value_bound_and_remedy(string setting, string value, string fault)
    {
        Assert.Equal([fault], Faults((setting, value)));
    }

    [Fact]
    public void A_lighthouse_that_its_seeds_do_not_name_could_never_form_a_cluster()
    {
        var fault = Assert.Single(Faults(("Seeds:0", "10.0.0.1:4053")));

        Assert.StartsWith("Lighthouse:Seeds: does not name this lighthouse, 127.0.0.1:4053; list all", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;
        var key = _folder.PathOf("lighthouse.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var fault = Assert.Single(Faults());

        Assert.Equal($"Lighthouse:KeyFile is \"{key}\": can be read by its group or by everybody; chmod 600 {key}", fault);
    }

    [Fact]
    public void A_data_directory_that_is_a_file_is_refused()
    {
        var file = _folder.Write("file", "");

        Assert.Equal([$"Lighthouse:DataDirectory is \"{file}\": is a file; name a directory"], Faults(("DataDirectory", file)));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Faults(("Host", ""), ("CertificateFile", ""), ("ClusterAuthoritiesFile", "/nowhere"), ("Port", "x"));

        Assert.Equal(4, faults.Count);
    }

    IReadOnlyList<string> Faults(params (string Setting, string Value)[] changes)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(_sound)
            .AddInMemoryCollection(changes.Select(c => KeyValuePair.Create($"Lighthouse:{c.Setting}", (string?)c.Value))).Build();
        LighthouseOptionsCheck.Check(section.GetSection(LighthouseOptions.Section), out var faults);
        return faults;
    }
}
