using System.Diagnostics;
using System.Text;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Masking;

public sealed class DetectorSpec
{
    const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

    [Theory]
    [InlineData("card-number", "pay 4111111111111111 now", "pay # now")]
    [InlineData("card-number", "4111-1111-1111-1111", "#")]
    [InlineData("card-number", "2024 4111 1111 1111 1111 999", "2024 # 999")]
    [InlineData("card-number", "378282246310005,6011111111111117", "#,#")]
    [InlineData("card-number", "4111111111111112 0.4111111111111111 41111111111111111111111111", "4111111111111112 0.4111111111111111 41111111111111111111111111")]
    [InlineData("iban", "to DE89 3704 0044 0532 0130 00, please", "to #, please")]
    [InlineData("iban", "gb82west12345698765432", "#")]
    [InlineData("iban", "DE88370400440532013000 XDE89370400440532013000", "DE88370400440532013000 XDE89370400440532013000")]
    [InlineData("iban", "DE", "DE")]
    [InlineData("email", "write to <alice.b+c@mail.example.org>.", "write to <#>.")]
    [InlineData("email", "jürgen@müller.example, a@b", "#, a@b")]
    [InlineData("email", "@@a@x.org@y.org", "@@#@y.org")]
    [InlineData("phone", "call +49 (30) 90 18-20 today", "call # today")]
    [InlineData("phone", "1+2 = +3, +1234567890123456, +0123456789", "1+2 = +3, +1234567890123456, +0123456789")]
    [InlineData("jwt", "Bearer " + Jwt + ";", "Bearer #;")]
    [InlineData("jwt", "eyJ eyJhbGciOi.x xx" + Jwt, "eyJ eyJhbGciOi.x xx" + Jwt)]
    [InlineData("ip-address", "from 192.0.2.7:80 and 1.2.3, 1.2.3.4.5, 999.1.1.1", "from #:80 and 1.2.3, 1.2.3.4.5, 999.1.1.1")]
    [InlineData("ip-address", "to [2001:db8::1]:443 fe80::1%eth0 ::ffff:192.0.2.1", "to [#]:443 #%eth0 #")]
    [InlineData("ip-address", "at 12:30:45 std::vector ::", "at 12:30:45 std::vector ::")]
    [InlineData("ip-address", "node:2001:db8:0:0:0:0:0:1.", "node:#.")]
    public void It_finds_what_has_the_form_and_nothing_else(string detector, string text, string masked) =>
        Assert.Equal(masked, Mask(text, Detecting(detector)));

    // Samples that their states, or descriptions of them, give.
    [Theory]
    [InlineData("85.07.30-033 28", "17 07 30 033 84", "85073003328")]
    [InlineData("390.533.447-05", "39053344705")]
    [InlineData("360426199101010071", "11010519491231002X", "11010519491231002x")]
    [InlineData("131052-308T", "131052-308t")]
    [InlineData("2 95 10 99 126 111 93", "184127645108946", "253072B07300470")]
    [InlineData("36 574 261 809", "86095742719")]
    [InlineData("AB123456C", "ab 12 34 56 c")]
    [InlineData("2341 2341 2346", "2341-2341-2346")]
    [InlineData("RCCMNL83S18D969H", "mrt mtt 91d08 f205j")]
    [InlineData("151086 95088", "15108695088")]
    [InlineData("44051401359")]
    [InlineData("54362315K", "54362315-k", "X-2482300-W", "x2482300w")]
    [InlineData("880320-0016", "19880320-0016", "880320+0016")]
    [InlineData("756.9217.0769.85", "7569217076985")]
    [InlineData("536-90-4399")]
    public void Numbers_of_national_identities_are_found_in_the_form_of_their_country(params string[] ids)
    {
        foreach (var id in ids)
        {
            Assert.Equal("of # it is", Mask($"of {id} it is", Detecting("national-id")));
            Assert.Equal("{\"id\":\"#\"}", Mask($"{{\"id\":\"{id}\"}}", Detecting("national-id")));
            Assert.Equal($"x{id}", Mask($"x{id}", Detecting("national-id")));
            Assert.Equal($"{id}0", Mask($"{id}0", Detecting("national-id")));
        }
    }

    [Theory]
    [InlineData("85.07.30-033 27", "85.17.30-033 28")]
    [InlineData("390.533.447-06", "231.002.999-00", "111.111.111-11")]
    [InlineData("360426199101010072", "110105194913310020")]
    [InlineData("131052-308U", "131052G308T", "421052-308T")]
    [InlineData("295109912611199", "253072C07300470", "9 95 10 99 126 111 93", "295130012611193")]
    [InlineData("36574261890", "36554266806", "01234567895", "11111111111")]
    [InlineData("QQ123456C", "AB123456E", "GB123456A", "AO123456A")]
    [InlineData("2341 2341 2347", "234123412346", "1341 2341 2346")]
    [InlineData("RCCMNL83S18D969I", "CHARACTERIZATION", "RCCMNL83F18D969H")]
    [InlineData("15108695077", "99108695088")]
    [InlineData("44051401358", "44133201359")]
    [InlineData("54362315Z", "X2482300A", "A2482300W")]
    [InlineData("880320-0018", "881320-0016", "8803200016")]
    [InlineData("756.9217.0769.80", "757.9217.0769.85")]
    [InlineData("000-12-3456", "666-12-3456", "900-12-3456", "536-00-4399", "536-90-0000", "536904399")]
    [InlineData("0.44051401359", "44051401359.5", "1.44051401359")]
    public void What_fails_their_checks_is_none(params string[] texts)
    {
        foreach (var text in texts) Assert.Equal(text, Mask(text, Detecting("national-id")));
    }

    // Put together here, so that no scanner of sources takes the samples for keys of somebody's.
    [Theory]
    [InlineData("AKIA", "IOSFODNN7EXAMPLE")]
    [InlineData("AIza", "SyD-0123456789abcdefghijklmnopqrstu")]
    [InlineData("ghp_", "0123456789abcdefghijklmnopqrstuvwxyz")]
    [InlineData("github_pat_", "11ABCDEFG0123456789_abcdefghij")]
    [InlineData("glpat-", "0123456789abcdefghij")]
    [InlineData("xoxb-", "123456789012-abcdef")]
    [InlineData("sk_live_", "0123456789abcdefghij")]
    public void Keys_of_clouds_are_found_by_their_prefixes(string prefix, string rest)
    {
        Assert.Equal("key=#;", Mask($"key={prefix}{rest};", Detecting("cloud-key")));
        Assert.Equal($"x{prefix}{rest}", Mask($"x{prefix}{rest}", Detecting("cloud-key")));
    }

    [Theory]
    [InlineData("-----END PRIVATE KEY-----", "a # b")]
    [InlineData("", "a #")]
    public void Private_keys_are_found_whole_or_cut(string end, string masked) =>
        Assert.Equal(masked, Mask($"a -----BEGIN PRIVATE KEY-----\nMC4CAQ\n{end}{(end.Length > 0 ? " b" : "")}", Detecting("cloud-key")));

    [Theory]
    [InlineData(0, 40, "x.org", 0)]
    [InlineData(1, 40, "x.org", 0)]
    [InlineData(40, 1, "x.", 140)]
    [InlineData(40, 1, "xx.", 140)]
    public void Bounds_cut_no_character_in_two(int letters, int local, string host, int more)
    {
        var text = string.Concat(Enumerable.Repeat("\u00fc", local)) + new string('a', letters) + "@" + host + string.Concat(Enumerable.Repeat("\u00e9", more));
        foreach (var shifted in new[] { text, "\U0001F600" + text, text.Replace("\u00fc", "\u20ac", StringComparison.Ordinal).Replace("\u00e9", "\U0001F600", StringComparison.Ordinal) })
        {
            var masked = Mask(Encoding.UTF8.GetBytes(shifted), Detecting("email"))!;

            Assert.True(System.Text.Unicode.Utf8.IsValid(masked), shifted);
            Assert.Contains("#", Encoding.UTF8.GetString(masked), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Text_stays_text_whatever_is_found_in_it()
    {
        var random = new Random(11);
        string[] parts = ["\u00fc", "\u20ac", "\U0001F600", "a", "a.", "7", "@", "+49", "4111111111111111", "::", "\u00e9@x.\u00e9"];
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => string.Concat(Enumerable.Repeat(parts[random.Next(parts.Length)], random.Next(140)))));
            var masked = Mask(Encoding.UTF8.GetBytes(text), [.. Detector.All.Select(d => Detecting(d.Name))])!;
            Assert.True(System.Text.Unicode.Utf8.IsValid(masked), text);
        }
    }

    [Fact]
    public void It_takes_time_in_proportion_to_the_text_whatever_it_is()
    {
        string[] hostile = ["4", "4 ", "@", "a@", "a.", "eyJ", "eyJhbGciOiJ.", "+1", "+", ":", "1.", "::1", "DE89", "99-", "A9", "AAA AAA ", "756.", "ya29.", "glpat-", "-----BEGIN ", "-----BEGIN PRIVATE KEY", "\u00e9@"];
        foreach (var detector in Detector.All)
        {
            foreach (var part in hostile)
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 256 * 1024 / part.Length)));
                var watch = Stopwatch.StartNew();

                detector.Find(text, new MatchList());

                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"{detector} takes {watch.Elapsed} for 256 KiB of {part}");
            }
        }
    }

    [Fact]
    public void Whatever_the_bytes_it_fails_at_none()
    {
        var random = new Random(7);
        var alphabet = "0123456789aAfFgG@.:-+ ()eyJDE_\u00e9"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var text = new byte[random.Next(60)];
            for (var i = 0; i < text.Length; i++) text[i] = alphabet[random.Next(alphabet.Length)];
            foreach (var detector in Detector.All)
            {
                var matches = new MatchList();
                detector.Find(text, matches);
                for (var i = 0; i < matches.Count; i++) Assert.InRange(matches[i].End, matches[i].Start + 1, text.Length);
            }
        }
    }
}
