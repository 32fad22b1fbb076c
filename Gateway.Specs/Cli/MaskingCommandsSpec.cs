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
}
