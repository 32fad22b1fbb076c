using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>
/// When and from where sessions of some subjects are usual. All rules that are about a subject count together: what one of them calls usual
/// is. Refuses nothing.
/// </summary>
public sealed record AnomalyRule
{
    /// <summary>With <see cref="Subjects"/> empty too: it is about everybody.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Subjects { get; init; } = [];

    /// <summary>Empty: it says nothing of hours.</summary>
    public IReadOnlyList<AccessHours> Hours { get; init; } = [];

    /// <summary>Empty: it says nothing of places.</summary>
    public IReadOnlyList<Place> Places { get; init; } = [];

    /// <summary>Sessions of one subject that overlap in time come from the same place: the subject is one person, or one thing.</summary>
    public bool SamePlace { get; init; }

    public bool IsAbout(string subject, IEnumerable<string> groups) =>
        Groups.Count + Subjects.Count == 0
        || Subjects.Contains(subject, StringComparer.Ordinal) || Groups.Intersect(groups, StringComparer.Ordinal).Any();
}

/// <summary>Networks that stand for a place, as operators know it.</summary>
/// <param name="Name">In operators' own words, for the sentence that names it.</param>
/// <param name="Networks">Never empty.</param>
public sealed record Place(string Name, IReadOnlyList<IPNetwork> Networks);
