namespace Gateway.Cli.Connect;

/// <summary>Puts a token into a client's login, in the client's own protocol.</summary>
interface ILocalLogin
{
    /// <summary>Reads the client's login and passes it on with the token in it. Throws <see cref="LocalLoginException"/>.</summary>
    Task PassAsync(Stream client, Stream gateway, string token, CancellationToken cancel);
}

/// <summary>What a client sent is no login that can be completed. The message holds nothing of it.</summary>
sealed class LocalLoginException(string problem) : Exception(problem);

/// <summary>The protocols whose login the command can complete.</summary>
static class LocalLogins
{
    public static ILocalLogin? Find(string protocol) => protocol switch
    {
        "mqtt" => new MqttLocalLogin(),
        _ => null,
    };
}
