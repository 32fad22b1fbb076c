using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Connections;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Identify;

/// <summary>
/// The verifiers of one connection's accounts, as they were read at one moment. Every name gets an answer, always the same: one that nobody has gets a made-up
/// verifier that looks like the others, so that asking tells nobody which accounts there are. Immutable.
/// </summary>
sealed class AccountBook
{
    readonly Dictionary<string, (IReadOnlyList<ScramVerifier> Verifiers, string? Fault)> _accounts = new(StringComparer.Ordinal);
    readonly ILookup<SaslMechanism, ScramVerifier> _byMechanism;
    readonly string _connection;
    readonly byte[] _key;

    /// <param name="connection">The connection's name.</param>
    /// <param name="accounts">With the text of each one's verifiers, or why there is none.</param>
    /// <param name="key">What made-up verifiers are made of: a secret that all nodes have.</param>
    public AccountBook(string connection, IEnumerable<(ServiceAccount Account, Verdict<string> Secret)> accounts, byte[] key)
    {
        (_connection, _key) = (connection, key);
        foreach (var (account, secret) in accounts)
        {
            var fault = secret.IsGranted ? null : secret.Detail;
            var verifiers = secret.IsGranted ? Read(secret.Value, out fault) : [];
            _accounts[account.Name] = (verifiers, fault is null ? null : $"the verifier of account {account.Name}: {fault}");
        }

        _byMechanism = _accounts.Values.SelectMany(account => account.Verifiers).OrderBy(v => (v.Iterations, v.Salt.Length)).ToLookup(v => v.Mechanism);
    }

    public AccountAnswer Answer(AccountQuestion question)
    {
        // Made for those that are known too, so that both take the same time.
        var madeUp = MadeUp(question);
        if (!_accounts.TryGetValue(question.Name, out var account)) return new(madeUp, $"connection {_connection} has no account {question.Name}");
        if (account.Fault is { } fault) return new(madeUp, fault);
        return account.Verifiers.FirstOrDefault(verifier => verifier.Mechanism == question.Mechanism) is { } known
            ? new(known, null)
            : new(madeUp, $"account {question.Name} has no verifier for {question.Mechanism.Word()}");
    }

    /// <summary>One line for each mechanism.</summary>
    static ScramVerifier[] Read(string text, out string? fault)
    {
        fault = "what is there is none; make one with: gateway secrets scram";
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Length > ScramVerifier.All.Count) return [];
        ScramVerifier[] verifiers = [.. lines.Select(ScramVerifier.Read).OfType<ScramVerifier>()];
        if (verifiers.Length < lines.Length || verifiers.DistinctBy(verifier => verifier.Mechanism).Count() < lines.Length) return [];
        fault = null;
        return verifiers;
    }

    // Iterations and length of the salt are those of some account that there is.
    ScramVerifier MadeUp(AccountQuestion question)
    {
        var size = ScramVerifier.SizeOf(question.Mechanism);
        ScramVerifier[] likes = [.. _byMechanism[question.Mechanism]];
        var like = likes.Length == 0 ? null : likes[BitConverter.ToUInt32(Derive(question, "like", sizeof(uint))) % (uint)likes.Length];
        return new(
            question.Mechanism, like?.Iterations ?? ScramVerifier.UsualIterations, Derive(question, "salt", like?.Salt.Length ?? ScramVerifier.UsualSalt),
            Derive(question, "stored", size), Derive(question, "server", size));
    }

    byte[] Derive(AccountQuestion question, string part, int length) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, _key, length, info: Encoding.UTF8.GetBytes($"{part}\0{_connection}\0{question.Mechanism.Word()}\0{question.Name}"));
}
