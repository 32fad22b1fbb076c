using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Sessions;

/// <summary>When and from where one subject's sessions on a connection are usual, of all the rules that are about it. Pure.</summary>
/// <param name="Hours">Empty: at any time.</param>
/// <param name="Places">Empty: from anywhere.</param>
/// <param name="SamePlace">Whether its sessions that overlap come from the same place.</param>
public sealed record Usual(IReadOnlyList<AccessHours> Hours, IReadOnlyList<Place> Places, bool SamePlace)
{
    /// <summary>What holds for a whole week without a gap always does: hours are those of a week.</summary>
    static readonly TimeSpan s_week = TimeSpan.FromDays(7);

    public static Usual Of(IReadOnlyList<AnomalyRule> rules, string subject, IReadOnlyList<string> groups)
    {
        AnomalyRule[] about = [.. rules.Where(rule => rule.IsAbout(subject, groups))];
        return new(
            [.. about.SelectMany(rule => rule.Hours)], [.. about.SelectMany(rule => rule.Places)], about.Any(rule => rule.SamePlace));
    }

    /// <summary>When the hours that hold end, those that follow them without a gap included; null: none hold.</summary>
    public DateTimeOffset? HoursEnd(DateTimeOffset at)
    {
        var until = at;
        foreach (var (start, end) in Hours.SelectMany(hours => hours.Around(at, after: 8)).OrderBy(span => span.Start))
        {
            if (start > until) break;
            if (end > until) until = end;
        }

        if (until - at > s_week) return DateTimeOffset.MaxValue;
        return until > at ? until : null;
    }

    /// <summary>The names of all places that an address is in: one may lie in another.</summary>
    public IReadOnlyList<string> PlacesOf(IPEndPoint? client) => client is null
        ? []
        : [.. Places.Where(place => Holds(place, PeerAddress.Plain(client.Address))).Select(place => place.Name).Distinct()];

    static bool Holds(Place place, IPAddress address) => place.Networks.Any(network => network.Contains(address));
}
