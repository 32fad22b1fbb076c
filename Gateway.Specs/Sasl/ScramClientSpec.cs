using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Sasl;
using Gateway.Specs.Support;
using Npgsql;
using Xunit;

namespace Gateway.Specs.Sasl;

[Collection(PostgresSpecs.Name)]
public sealed class ScramClientSpec(PostgresServer postgres)
{
    const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    const string ServerFirst = $"r={Nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    [Fact]
    public void The_exchange_of_RFC_7677_is_what_is_said_and_taken()
    {
        var client = Client();

        Assert.Equal($"n,,n=user,r={Nonce}", Text(client.First));
        var proof = client.Read(Bytes(ServerFirst));
        Assert.Equal($"c=biws,r={Nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", Text(proof.Answer!));
        Assert.False(client.IsSatisfied);
        Assert.Equal(default, client.Read("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="u8));
        Assert.True(client.IsSatisfied);
    }

    [Theory]
    [InlineData(SaslMechanism.ScramSha256)]
    [InlineData(SaslMechanism.ScramSha512)]
    public void A_server_that_knows_the_password_is_taken_whatever_the_name_holds(SaslMechanism mechanism)
    {
        var client = new ScramClient(mechanism, "of=us,all", "pässword", ScramClient.NewNonce());
        var hash = mechanism == SaslMechanism.ScramSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
        var server = new ScramServer(hash, "of=3Dus=2Call", "pässword");

        var proof = client.Read(Bytes(server.Read(Text(client.First))!));
        var end = client.Read(Bytes(server.Read(Text(proof.Answer!))!));

        Assert.Equal((null, true), (end.Fault, client.IsSatisfied));
    }

    [Theory]
    [InlineData("", "does not ask for a proof")]
    [InlineData("e=unknown-user", "does not ask for a proof")]
    [InlineData("m=new,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096", "does not ask for a proof")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=AAAA,i=4096", "nonce does not follow")]
    [InlineData("r=another,s=AAAA,i=4096", "nonce does not follow")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "salt is malformed")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096", "salt is malformed")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4095", "between 4096 and 100000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=100001", "between 4096 and 100000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=99999999999999999999", "between 4096 and 100000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=-4096", "between 4096 and 100000")]
    public void A_server_that_asks_for_what_would_be_weak_costly_or_senseless_gets_no_proof(string message, string fault)
    {
        var step = Client().Read(Bytes(message));

        Assert.Null(step.Answer);
        Assert.Contains(fault, step.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "does not know the password")]
    [InlineData("v=", "does not know the password")]
    [InlineData("", "does not know the password")]
    [InlineData("e=invalid-proof", "does not take the proof")]
    public void A_server_that_does_not_prove_that_it_knows_the_password_is_none(string message, string fault)
    {
        var client = Client();
        client.Read(Bytes(ServerFirst));

        var step = client.Read(Bytes(message));

        Assert.Contains(fault, step.Fault, StringComparison.Ordinal);
        Assert.False(client.IsSatisfied);
    }

    [Fact]
    public void What_is_no_text_or_far_too_long_is_none()
    {
        Assert.Contains("not UTF-8", Client().Read([0xFF, 0xFE]).Fault, StringComparison.Ordinal);
        Assert.Contains("4097 bytes", Client().Read(new byte[4097]).Fault, StringComparison.Ordinal);
    }

    [RequiresFact("postgres")]
    public async Task PostgreSQL_takes_the_proof_and_gives_its_own()
    {
        var database = new NpgsqlConnectionStringBuilder(await postgres.DatabaseAsync());
        var role = PostgresServer.ByPassword;
        await using (var owner = new NpgsqlConnection(database.ConnectionString))
        {
            await owner.OpenAsync();
            await using var create = new NpgsqlCommand($"create role {role} login password 'correct horse'", owner);
            await create.ExecuteNonQueryAsync();
        }

        // PostgreSQL looks at the name of the start-up message alone.
        var client = new ScramClient(SaslMechanism.ScramSha256, "", "correct horse", ScramClient.NewNonce());
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(database.Host!, database.Port);
        var server = tcp.GetStream();
        await server.WriteAsync(Sized([0, 3, 0, 0, .. Bytes($"user\0{role}\0database\0{database.Database}\0\0")]));
        Assert.Contains("SCRAM-SHA-256", Text(await AuthenticationAsync(server, 10)), StringComparison.Ordinal);
        var first = client.First;
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, first.Length);
        await server.WriteAsync((byte[])[(byte)'p', .. Sized([.. "SCRAM-SHA-256\0"u8, .. length, .. first])]);
        var proof = client.Read(await AuthenticationAsync(server, 11));
        await server.WriteAsync((byte[])[(byte)'p', .. Sized(proof.Answer!)]);

        Assert.Equal(default, client.Read(await AuthenticationAsync(server, 12)));
        Assert.True(client.IsSatisfied);
        await AuthenticationAsync(server, 0);
    }

    static ScramClient Client() => new(SaslMechanism.ScramSha256, "user", "pencil", Nonce);

    /// <summary>An <c>R</c> message of the kind that is expected: SASL, SASLContinue, SASLFinal or Ok.</summary>
    static async Task<byte[]> AuthenticationAsync(Stream server, int kind)
    {
        var head = new byte[9];
        await server.ReadExactlyAsync(head);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 8];
        await server.ReadExactlyAsync(rest);
        Assert.Equal(('R', kind), ((char)head[0], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5))));
        return rest;
    }

    static byte[] Sized(byte[] message)
    {
        var sized = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(sized, sized.Length);
        message.CopyTo(sized, 4);
        return sized;
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
