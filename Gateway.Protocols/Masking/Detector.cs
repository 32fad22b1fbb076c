using Gateway.Protocols.Masking.Detect;

namespace Gateway.Protocols.Masking;

/// <summary>
/// Finds one kind of sensitive text by its form, in one pass over its UTF-8 bytes, whatever the text. What it finds is of that form; whether it is
/// what it looks like only its owner knows.
/// </summary>
public sealed class Detector
{
    internal delegate void Finder(ReadOnlySpan<byte> text, MatchList matches);

    readonly Finder _find;

    internal Detector(string name, Finder find) => (Name, _find) = (name, find);

    /// <summary>The word for it in a connection's document.</summary>
    public string Name { get; }

    public static readonly IReadOnlyList<Detector> All =
    [
        new("card-number", CardNumbers.Find),
        new("cloud-key", CloudKeys.Find),
        new("email", EmailAddresses.Find),
        new("iban", BankAccounts.Find),
        new("ip-address", NetworkAddresses.Find),
        new("jwt", WebTokens.Find),
        new("national-id", NationalIds.Find),
        new("phone", PhoneNumbers.Find),
    ];

    public static Detector? Find(string name) => All.FirstOrDefault(d => d.Name == name);

    public override string ToString() => Name;

    public void Find(ReadOnlySpan<byte> text, MatchList matches) => _find(text, matches);
}
