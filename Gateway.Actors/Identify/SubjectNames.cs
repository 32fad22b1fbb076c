using System.Globalization;
using System.Text;

namespace Gateway.Actors.Identify;

/// <summary>
/// Which names of subjects and groups are accepted. Names are compared by rules and read by auditors: what cannot be seen, or turns the
/// text around it, is no part of a name.
/// </summary>
public static class SubjectNames
{
    public static bool IsUsable(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > IdentityLimits.Name) return false;
        foreach (var rune in name.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character.
            if (rune == Rune.ReplacementChar || IsInvisible(Rune.GetUnicodeCategory(rune))) return false;
        }

        return true;
    }

    static bool IsInvisible(UnicodeCategory category) => category is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
