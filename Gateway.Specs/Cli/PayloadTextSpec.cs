using System.Text;
using Gateway.Cli;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class PayloadTextSpec
{
    [Theory]
    [InlineData("21.5", "21.5")]
    [InlineData("{\"t\":21.5,\"unit\":\"°C\"}", "{\n  \"t\": 21.5,\n  \"unit\": \"°C\"\n}")]
    [InlineData("{\"t\":", "{\"t\":")]
    [InlineData("{} {}", "{} {}")]
    [InlineData("zwei\r\nZeilen\n", "zwei\nZeilen")]
    [InlineData("rtl \u202e override", "rtl \\u202e override")]
    public void Text_and_JSON_are_shown_as_such(string payload, string shown) => Assert.Equal(shown, Lines(Encoding.UTF8.GetBytes(payload)));

    [Fact]
    public void Control_characters_and_other_bytes_are_shown_in_hex_and_never_as_they_are()
    {
        Assert.Equal("00000000  1b 5b 32 4a                                      |.[2J|", Lines("\u001b[2J"u8.ToArray()));
        Assert.Equal("00000000  ff fe                                            |..|", Lines([0xFF, 0xFE]));
    }

    [Fact]
    public void Json_that_is_nested_deeper_than_any_reader_goes_is_shown_as_text() =>
        Assert.Equal(new string('[', 5000), Lines(Encoding.UTF8.GetBytes(new string('[', 5000))));

    [Fact]
    public void Of_a_payload_that_was_cut_within_a_character_the_text_before_it_is_shown()
    {
        var payload = Encoding.UTF8.GetBytes("größe")[..3];

        Assert.Equal("gr\n... 4 more bytes", string.Join('\n', PayloadText.Lines(payload, 7, PayloadForm.Sniffed)));
    }

    static string Lines(byte[] payload) => string.Join('\n', PayloadText.Lines(payload, payload.Length, PayloadForm.Sniffed));
}
