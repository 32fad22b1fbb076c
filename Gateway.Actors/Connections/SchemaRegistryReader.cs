using Gateway.Protocols;
using Gateway.Protocols.Masking;

namespace Gateway.Actors.Connections;

/// <summary>Reads where the schemas of a connection's payloads are.</summary>
sealed class SchemaRegistryReader(ConnectionFiles files)
{
    const string Password = "password";
    const string Token = "token";

    /// <summary>Origin: as long as an authorization server may take; what waits for it is a producer, whose own patience is 30 s.</summary>
    static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    readonly SecretReader _secrets = new(files);

    public SchemaRegistry? Read(YamlFields masking, ProtocolEntry protocol)
    {
        if (!masking.Has("schemaRegistry")) return null;
        masking.Require(
            protocol.Masks.HasFlag(MaskedParts.Key) || protocol.Name.Length == 0, "schemaRegistry", $"has no use: payloads of protocol {protocol.Name} name no schema",
            "remove it");
        var fields = masking.Map("schemaRegistry", ConnectionFields.SchemaRegistry);
        var (password, token) = (_secrets.Read(fields, Password), _secrets.Read(fields, Token));
        var isUser = SecretReader.IsGiven(fields, Password);
        fields.Require(!isUser || !SecretReader.IsGiven(fields, Token), "userName", "goes with a password, and a token is given too", "keep one of them");
        fields.Require(isUser == fields.Has("userName"), "userName", "goes with a password, and a password with it", "write both, or a token, or neither");
        var userName = fields.Text("userName");
        // RFC 7617 section 2: what stands before the first colon is the user.
        fields.Require(userName?.Contains(':', StringComparison.Ordinal) != true, "userName", "has a colon in it, where basic authentication ends a user's name", "name another user");
        var url = Url(fields);
        var authorities = fields.Certificates("authorities", files);
        var timeout = fields.Duration("timeout", s_shortest, s_longest, s_timeout);
        if (url is null) return null;
        return new SchemaRegistry { Url = url, UserName = userName, Secret = password ?? token, Authorities = authorities, Timeout = timeout };
    }

    static Uri? Url(YamlFields fields)
    {
        var text = fields.RequiredText("url");
        var url = SchemaRegistry.UrlOf(text);
        fields.Require(url is not null || text.Length == 0, "url", "is no https address", "write https://HOST:PORT, a user's name and secret in fields of their own");
        return url;
    }
}
