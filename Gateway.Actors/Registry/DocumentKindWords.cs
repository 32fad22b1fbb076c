namespace Gateway.Actors.Registry;

/// <summary>What faults and answers call what a document states.</summary>
public static class DocumentKindWords
{
    public static string Word(this DocumentKind kind) => kind switch
    {
        DocumentKind.Certificate => "certificate",
        DocumentKind.Policy => "policy",
        _ => "connection",
    };
}
