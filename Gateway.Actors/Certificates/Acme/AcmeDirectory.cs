using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>Where an ACME server takes what, and on which terms. RFC 8555 section 7.1.1.</summary>
public sealed record AcmeDirectory
{
    public required Uri NewNonce { get; init; }

    public required Uri NewAccount { get; init; }

    public required Uri NewOrder { get; init; }

    public required Uri RevokeCert { get; init; }

    public required Uri KeyChange { get; init; }

    /// <summary>Null where the server has no renewal information. RFC 9773 section 4.1.</summary>
    public Uri? RenewalInfo { get; init; }

    /// <summary>What an account has to agree to; null for nothing.</summary>
    public string? Terms { get; init; }

    /// <summary>True where accounts must be bound to one that the server's operator knows.</summary>
    public bool NeedsExternalAccount { get; init; }

    internal static AcmeDirectory Read(ReadOnlyMemory<byte> json)
    {
        const string What = "the directory";
        var directory = AcmeText.Object(json, What);
        var meta = directory.TryGetProperty("meta", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        return new AcmeDirectory
        {
            NewNonce = directory.RequiredUrl("newNonce", What),
            NewAccount = directory.RequiredUrl("newAccount", What),
            NewOrder = directory.RequiredUrl("newOrder", What),
            RevokeCert = directory.RequiredUrl("revokeCert", What),
            KeyChange = directory.RequiredUrl("keyChange", What),
            RenewalInfo = directory.OptionalUrl("renewalInfo"),
            Terms = meta.Text("termsOfService") is { } terms ? AcmeText.Printable(terms, 200) : null,
            NeedsExternalAccount = meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("externalAccountRequired", out var needs)
                && needs.ValueKind == JsonValueKind.True,
        };
    }
}
