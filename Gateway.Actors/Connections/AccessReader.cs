using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Actors.Connections;

/// <summary>Reads who may use a connection.</summary>
sealed class AccessReader(IReadOnlyCollection<string> issuers, ConnectionFiles files)
{
    /// <summary>Rules of one connection: each is held against every login.</summary>
    const int MostRules = 256;

    readonly AccountsReader _accounts = new(files);

    /// <param name="access">The fields.</param>
    /// <param name="protocol">Whether it has a login decides how clients prove themselves.</param>
    /// <param name="certificate">And so does this.</param>
    /// <param name="hasLabels">By which policies of the cluster can say who may use the connection, if it does not.</param>
    public AccessRules Read(YamlFields access, ProtocolEntry protocol, ClientCertificateRule certificate, bool hasLabels)
    {
        var rules = new AccessRules
        {
            Issuers = access.Texts("issuers"),
            Groups = access.Texts("groups"),
            Subjects = access.Texts("subjects"),
            Accounts = _accounts.Read(access, protocol),
            AccountsLast = AccountsReader.Lasts(access),
            Rules = Rules(access),
        };
        foreach (var issuer in rules.Issuers.Where(i => !issuers.Contains(i)))
            access.Fault("issuers", $"\"{issuer}\" is no issuer of this gateway", NearestName.Remedy(issuer, issuers));
        var isLeftToPolicies = hasLabels && !access.Has("groups") && !access.Has("subjects") && !access.Has("rules");
        access.Require(
            isLeftToPolicies || rules.Groups.Count + rules.Subjects.Count > 0 || rules.Rules.Any(rule => rule.Effect == AccessEffect.Allow), "groups",
            "admits nobody: groups and subjects are both empty",
            "name a group or a subject, or add a rule that allows; or give it labels, and leave all three to an AccessPolicy");
        if (!protocol.HasLogin && rules.Issuers.Count > 0)
            access.Fault("issuers", $"has no use: protocol {protocol.Name} has no login that could carry a token", "remove it");
        if (protocol.HasLogin && rules.Issuers.Count == 0 && !access.Has("accounts") && certificate == ClientCertificateRule.None)
            access.Fault("issuers", "admits nobody: neither tokens nor client certificates are accepted", "name an issuer, or ask for a client certificate");
        return rules;
    }

    /// <summary>The field <c>rules</c>, of a connection or a policy.</summary>
    public static IReadOnlyList<AccessRule> Rules(YamlFields fields)
    {
        AccessRule[] rules = [.. fields.Maps("rules", ConnectionFields.AccessRule).Select(Rule)];
        fields.Require(rules.Length <= MostRules, "rules", $"are more than {MostRules}", "let groups say what several subjects share");
        return rules;
    }

    static AccessRule Rule(YamlFields fields)
    {
        fields.RequiredText("effect");
        var rule = new AccessRule
        {
            Effect = fields.Choice("effect", ["allow", "deny"]) == "deny" ? AccessEffect.Deny : AccessEffect.Allow,
            Groups = fields.Texts("groups"),
            Subjects = fields.Texts("subjects"),
            Networks = fields.Networks("networks"),
            Hours = fields.Has("hours") ? HoursReader.Read(fields.Map("hours", ConnectionFields.AccessHours)) : null,
        };
        fields.Require(
            rule.Effect == AccessEffect.Deny || rule.Groups.Count + rule.Subjects.Count > 0, "groups",
            "allows everybody: groups and subjects are both empty", "name a group or a subject; only a rule that denies may be about everybody");
        return rule;
    }
}
