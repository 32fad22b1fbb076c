using System.Globalization;
using System.Net;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Whether a session is at a time or from a place that its connection's rules do not call usual, and the sentence that says so. Pure.
/// </summary>
public static class UsualPolicy
{
    /// <summary>Hours or places that a sentence names.</summary>
    const int Named = 3;

    /// <summary>It began outside all usual hours; null: nothing to notice.</summary>
    public static Notice? Began(Usual usual, DateTimeOffset at) =>
        usual.Hours.Count == 0 || usual.HoursEnd(at) is not null
            ? null
            : new(
                AnomalyKind.HoursUnusual,
                $"the session began at {Clock(usual, at)}, outside this subject's usual hours here: {Hours(usual)}");

    /// <summary>When a session that began within usual hours outlasts them; null: it never does.</summary>
    public static DateTimeOffset? Outlasts(Usual usual, DateTimeOffset began) =>
        usual.HoursEnd(began) is { } end && end < DateTimeOffset.MaxValue ? end : null;

    /// <summary>It relays after that.</summary>
    public static Notice Outlasted(Usual usual, DateTimeOffset end, DateTimeOffset now) => new(
        AnomalyKind.HoursUnusual,
        $"the session goes on at {Clock(usual, now)}, and this subject's usual hours here ended at {Clock(usual, end)}: {Hours(usual)}");

    /// <summary>Its client is in none of the usual places; null: nothing to notice.</summary>
    public static Notice? Network(Usual usual, string client) =>
        usual.Places.Count == 0 || usual.PlacesOf(Parsed(client)).Count > 0
            ? null
            : new(
                AnomalyKind.NetworkUnusual,
                $"the client's address {Address(client)} is in none of this subject's usual places here: " +
                Names([.. usual.Places.Select(place => place.Name).Distinct()]));

    /// <summary>Whether it matters from where the subject's other open sessions come.</summary>
    public static bool AsksOfOthers(Usual usual, string client) => usual.SamePlace && usual.PlacesOf(Parsed(client)).Count > 0;

    /// <summary>
    /// Its client is in a usual place, and that of another session that is open in another one; null: nothing to notice. Of an address in none
    /// there was a notice when that session began.
    /// </summary>
    public static Notice? Place(Usual usual, string client, IReadOnlyList<string> others)
    {
        if (!AsksOfOthers(usual, client)) return null;
        var here = usual.PlacesOf(Parsed(client));
        var elsewhere = others.Select(other => (Address: other, Places: usual.PlacesOf(Parsed(other))))
            .FirstOrDefault(other => other.Places.Count > 0 && !other.Places.Intersect(here, StringComparer.Ordinal).Any());
        return elsewhere.Places is null
            ? null
            : new(
                AnomalyKind.PlaceImpossible,
                $"the client comes from {Names(here)} ({Address(client)}) while another session of this subject here is open " +
                $"from {Names(elsewhere.Places)} ({Address(elsewhere.Address)})");
    }

    static IPEndPoint? Parsed(string client) => IPEndPoint.TryParse(client, out var parsed) ? parsed : null;

    static string Address(string client) => Parsed(client)?.Address.ToString() ?? client;

    // On the clock that the operator wrote the hours for.
    static string Clock(Usual usual, DateTimeOffset at)
    {
        var zone = usual.Hours[0].Zone;
        return string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(at, zone):ddd yyyy-MM-dd HH:mm} {zone.Id}");
    }

    static string Hours(Usual usual) => List([.. usual.Hours.Select(hours => hours.ToString())], "; ");

    static string Names(IReadOnlyList<string> names) => List(names, ", ");

    static string List(IReadOnlyList<string> all, string separator)
    {
        var others = all.Count - Named;
        var more = others > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {others} more") : "";
        return string.Join(separator, all.Take(Named)) + more;
    }
}
