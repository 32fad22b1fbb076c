namespace Gateway.Actors.Connections;

/// <summary>Reads <c>spec.anomalies</c>.</summary>
static class AnomalyReader
{
    /// <summary>Rules and hours of one connection, places of one rule: each is held against every session.</summary>
    const int Most = 64;

    /// <summary>
    /// Networks of one connection. Origin: a country's, as a database of places lists them; a session is held against all in 0.3 ms.
    /// </summary>
    const int MostNetworks = 4096;

    const int MostNameCharacters = 64;
    const string NamePunctuation = " -._,'()&/";

    public static IReadOnlyList<AnomalyRule> Read(YamlFields spec)
    {
        if (!spec.Has("anomalies")) return [];
        var fields = spec.Map("anomalies", ConnectionFields.Anomalies);
        AnomalyRule[] rules = [.. fields.Maps("rules", ConnectionFields.AnomalyRule).Select(Rule)];
        fields.Require(rules.Length > 0, "rules", "are none: anomalies says nothing", "add a rule, or remove anomalies");
        fields.Require(rules.Length <= Most, "rules", $"are more than {Most}", "let groups say what several subjects share");
        fields.Require(rules.Sum(rule => rule.Hours.Count) <= Most, "rules", $"have more than {Most} hours", "join some");
        fields.Require(
            rules.SelectMany(rule => rule.Places).Sum(place => place.Networks.Count) <= MostNetworks, "rules",
            $"name more than {MostNetworks} networks", "join neighbouring networks into larger ones");
        return rules;
    }

    static AnomalyRule Rule(YamlFields fields)
    {
        var rule = new AnomalyRule
        {
            Groups = fields.Texts("groups"),
            Subjects = fields.Texts("subjects"),
            Hours = [.. fields.Maps("hours", ConnectionFields.AccessHours).Select(HoursReader.Read)],
            Places = [.. fields.Maps("places", ConnectionFields.Place).Select(Place)],
            SamePlace = fields.Choice("overlap", ["any", "same-place"]) == "same-place",
        };
        fields.Require(
            rule.Hours.Count + rule.Places.Count > 0, "hours", "and places are both empty: the rule says nothing", "name hours or places");
        fields.Require(rule.Places.Count <= Most, "places", $"are more than {Most}", "join some");
        fields.Require(
            rule.Places.Select(place => place.Name).Distinct(StringComparer.Ordinal).Count() == rule.Places.Count, "places",
            "have a name twice", "list all networks of a place under its name");
        fields.Require(
            !rule.SamePlace || rule.Places.Count > 1, "overlap", "has no use: the rule names fewer than two places",
            "name the places, or remove overlap");
        return rule;
    }

    static Place Place(YamlFields fields)
    {
        var place = new Place(fields.RequiredText("name"), fields.Networks("networks"));
        // It stands in records, logs and terminals.
        fields.Require(
            place.Name.Length <= MostNameCharacters && place.Name.All(IsOfName), "name", "is no name of a place",
            $"write at most {MostNameCharacters} letters, digits, spaces and {NamePunctuation.Trim()}");
        fields.Require(place.Networks.Count > 0 || fields.Has("networks"), "networks", "is required", "add the field");
        fields.Require(!fields.Has("networks") || place.Networks.Count > 0, "networks", "are none", "name a network such as 192.0.2.0/24");
        return place;
    }

    static bool IsOfName(char c) => char.IsLetterOrDigit(c) || NamePunctuation.Contains(c, StringComparison.Ordinal);
}
