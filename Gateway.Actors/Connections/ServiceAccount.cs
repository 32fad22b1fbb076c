namespace Gateway.Actors.Connections;

/// <summary>Somebody whom the connection itself knows, by a password that only the client has.</summary>
/// <param name="Name">The subject that it is.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Verifier">Where its verifiers are, one for each mechanism by which it may log in.</param>
public sealed record ServiceAccount(string Name, IReadOnlyList<string> Groups, SecretPlace Verifier)
{
    /// <summary>Who proves accounts. No issuer of tokens can be called that, nor can an authority of certificates.</summary>
    public const string Issuer = "gateway:accounts";

    /// <summary>Accounts of one connection. Origin: the verifiers of all are read within a second, when any of them logs in.</summary>
    public const int Most = 256;
}
