using System.Buffers.Binary;
using System.Text;
using Gateway.Cli;
using Gateway.Protocols.Masking;
using Gateway.Specs.Masking;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class MaskingCommandsSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(65_500)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public async Task A_field_is_opened_wherever_in_a_long_line_it_stands(int before)
    {
        _folder.WriteSecret("masking.key", MaskBench.Secret);
        var field = MaskBench.Mask("\"ada\"", MaskBench.Rule(new MaskingAction(MaskingKind.Encrypt), "$"))!.Trim('"');
        var pad = new string('x', before);
        var file = _folder.Write("lines", $"short\n{pad} {field} {pad}\n\nlast {field}");
        using var opened = new MemoryStream();

        var code = await CommandLine.RunAsync(
            ["masking", "open", file, "--key-file", _folder.PathOf("masking.key")],
            new CliOutput(TextWriter.Null, TextWriter.Null, raw: opened), _ => null);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal($"short\n{pad} ada {pad}\n\nlast ada", Encoding.UTF8.GetString(opened.ToArray()));
    }

    [Theory]
    [InlineData(null, "Bearer in a file", true)]
    [InlineData("auditor", "Basic YXVkaXRvcjppbiBhIHZhcmlhYmxl", false)]
    public async Task Records_that_kcat_wrote_behind_their_lengths_are_opened_by_what_their_registry_tells(string? user, string authorization, bool ofFile)
    {
        await using var registry = await FakeSchemaRegistry.StartAsync();
        registry.Authorization = authorization;
        var (pay, other) = (registry.Add("pay-value", Schema), registry.Add("other-value", "\"string\""));
        var (masked, plain) = (Masked(pay, "ada"), Record(pay, "ada"));
        byte[] text = [0, 0, 0, 0, (byte)other, 2, (byte)'x'];
        _folder.WriteSecret("masking.key", MaskBench.Secret);
        _folder.WriteSecret("registry.token", "in a file");
        await File.WriteAllBytesAsync(_folder.PathOf("records"), [.. Framed(masked), .. Framed(text), .. Framed(null), .. Framed([]), .. Framed(masked)]);
        string[] secret = ofFile ? ["--registry-secret-file", _folder.PathOf("registry.token")] : ["--registry-user", user!];

        var (code, opened, error) = await OpenAsync(
            "GATEWAY_REGISTRY_SECRET", "in a variable", [_folder.PathOf("records"), "--lengths", "--registry", registry.Url, "--registry-ca", registry.AuthoritiesFile, .. secret]);

        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Equal<byte>([.. Framed(plain), .. Framed(text), .. Framed(null), .. Framed([]), .. Framed(plain)], opened);
        Assert.Equal([$"/schemas/ids/{pay}", $"/schemas/ids/{other}"], registry.Asked);
    }

    [Fact]
    public async Task A_record_is_opened_by_the_schema_of_a_file_and_those_that_it_refers_to()
    {
        _folder.WriteSecret("masking.key", MaskBench.Secret);
        await File.WriteAllBytesAsync(_folder.PathOf("record"), Masked(7, "ada"));
        var (owner, pay) = (_folder.Write("owner.avsc", Owner), _folder.Write("pay.avsc", """{"type":"record","name":"Pay","fields":[{"name":"owner","type":"Owner"}]}"""));

        var (code, opened, error) = await OpenAsync("", "", [_folder.PathOf("record"), "--schema", owner, "--schema", pay]);

        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Equal(Record(7, "ada"), opened);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 7, 0, 0, 0, 0, 9, 2, 65 }, "record 1 has schema 9, which is not known: its registry does not know it (HTTP 404)")]
    [InlineData(new byte[] { 0, 0, 0, 7, 0, 0, 0, 0, 1, 2 }, "record 1 is cut short")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0 }, "record 2 is cut short")]
    [InlineData(new byte[] { 0, 0, 0, 7, 0, 0, 0, 0, 1, 4, 65 }, "record 1 has a text of a length that is none, or ends within it, which is no value of its schema (1)")]
    [InlineData(new byte[] { 0, 0, 0, 2, 1, 2 }, "record 1 does not begin with the id of a schema")]
    [InlineData(new byte[] { 0x7F, 0, 0, 0, 1, 2 }, "record 1 has a length of 2130706432: write records as kcat -f '%R%s' does")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFE }, "record 1 has a length of -2: write records as kcat -f '%R%s' does")]
    public async Task A_record_that_cannot_be_read_ends_the_command_and_is_told(byte[] records, string problem)
    {
        await using var registry = await FakeSchemaRegistry.StartAsync();
        registry.Add("texts", "\"string\"");
        _folder.WriteSecret("masking.key", MaskBench.Secret);
        await File.WriteAllBytesAsync(_folder.PathOf("records"), records);

        var (code, _, error) = await OpenAsync("", "", [_folder.PathOf("records"), "--lengths", "--registry", registry.Url, "--registry-ca", registry.AuthoritiesFile]);

        Assert.Equal((ExitCode.Failed, $"gateway: {problem}\n"), (code, error));
    }

    const string Owner = """{"type":"record","name":"Owner","fields":[{"name":"name","type":["null","string"]}]}""";
    const string Schema = $$"""{"type":"record","name":"Pay","fields":[{"name":"owner","type":{{Owner}}}]}""";

    /// <summary>A record in Avro whose name a rule encrypted.</summary>
    static byte[] Masked(int schema, string name)
    {
        var masker = AvroBench.Begin(
            new AvroBench.Known { [schema] = RegisteredSchema.Of(AvroBench.Read(Schema)) }, AvroBench.Rule(new(MaskingKind.Encrypt), "$.owner.name"));
        return AvroBench.Mask(masker, Record(schema, name)).Value;
    }

    static byte[] Record(int schema, string name) => [0, 0, 0, 0, (byte)schema, 2, (byte)(2 * name.Length), .. Encoding.ASCII.GetBytes(name)];

    static byte[] Framed(byte[]? record)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, record?.Length ?? -1);
        return [.. length, .. record ?? []];
    }

    async Task<(int Code, byte[] Opened, string Error)> OpenAsync(string variable, string value, string[] arguments)
    {
        using var opened = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(
            ["masking", "open", "--key-file", _folder.PathOf("masking.key"), .. arguments],
            new CliOutput(TextWriter.Null, error, raw: opened), name => name == variable ? value : null);
        return (code, opened.ToArray(), error.ToString());
    }
}
