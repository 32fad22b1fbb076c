namespace Gateway.Actors.Identify.Saml;

/// <summary>Every cap on what a SAML response can make the gateway hold or compute.</summary>
public static class SamlLimits
{
    /// <summary>Bytes of a response, compared before it is read. Origin: responses with certificate and many groups reach 30 KB.</summary>
    public const int Response = 128 * 1024;

    /// <summary>Characters of the form field that carries it: base64 of the above, with line breaks.</summary>
    public const int Field = Response / 3 * 4 + Response / 32;

    /// <summary>Elements within elements. Origin: a response needs 8; canonicalization recurses.</summary>
    public const int Depth = 24;

    /// <summary>Elements and attributes together. Origin: one with 512 groups has about 1100.</summary>
    public const int Nodes = 8192;

    /// <summary>Attributes and namespaces of one element. Origin: a response has 7.</summary>
    public const int Attributes = 32;

    /// <summary>Characters of an id. Origin: providers send 33 to 64.</summary>
    public const int Id = 256;

    /// <summary>Keys of one provider, old and new.</summary>
    public const int Certificates = 8;

    /// <summary>From the question to the answer: a person types a password and finds a phone.</summary>
    public static readonly TimeSpan Login = TimeSpan.FromMinutes(10);

    /// <summary>From the answer to the token: a command waits for it.</summary>
    public static readonly TimeSpan Code = TimeSpan.FromMinutes(1);
}
