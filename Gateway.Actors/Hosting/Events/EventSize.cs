namespace Gateway.Actors.Hosting.Events;

/// <summary>Keeps events within what every outlet takes. Pure.</summary>
public static class EventSize
{
    /// <summary>Bytes of one event as JSON. Origin: RFC 5425 section 4.3.1 has servers take 8192 with the syslog header; that is below 400.</summary>
    public const int Most = 7_700;

    /// <summary>Denied operations that are told.</summary>
    public const int Operations = 16;

    const int Groups = 32;

    const int Text = 512;

    /// <summary>For events that are too large even so, because most of what clients chose has to be escaped.</summary>
    const int ShortText = 64;

    public static AuditEvent Fit(AuditEvent e)
    {
        foreach (var most in (ReadOnlySpan<int>)[Text, ShortText])
        {
            var cut = Cut(e, most);
            if (cut.ToBytes().Length <= Most) return cut;
        }

        var small = e with { Session = e.Session is { } session ? session with { Groups = null } : null, Denied = e.Denied is null ? null : [] };
        return Cut(small, ShortText) with { Truncated = true };
    }

    static AuditEvent Cut(AuditEvent e, int most)
    {
        var isCut = false;
        var cut = e with
        {
            Summary = Short(e.Summary),
            Id = Short(e.Id),
            Node = Short(e.Node),
            Session = e.Session is not { } s ? null : s with
            {
                Id = Short(s.Id),
                Connection = Short(s.Connection),
                Client = Short(s.Client),
                Subject = Shorter(s.Subject),
                Issuer = Shorter(s.Issuer),
                Groups = s.Groups is { } groups ? Few(groups, Groups, Short) : null,
                ServerName = Shorter(s.ServerName),
            },
            End = e.End is { } end ? end with { Detail = Shorter(end.Detail) } : null,
            Denied = e.Denied is { } denied ? Few(denied, Operations, d => new DeniedPart(Short(d.Operation), Short(d.Resource))) : null,
            Anomaly = e.Anomaly is { } a ? new AnomalyPart(Short(a.Kind), Short(a.Explanation)) : null,
            Act = e.Act is not { } act ? null : act with
            {
                Who = Short(act.Who),
                Issuer = Short(act.Issuer),
                Address = Short(act.Address),
                Target = Short(act.Target),
                Detail = Short(act.Detail),
            },
        };
        return isCut ? cut with { Truncated = true } : cut;

        string Short(string text)
        {
            if (text.Length <= most) return text;
            isCut = true;
            // Not between the two halves of a character.
            return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
        }

        string? Shorter(string? text) => text is null ? null : Short(text);

        List<T> Few<T>(IReadOnlyList<T> list, int count, Func<T, T> each)
        {
            isCut |= list.Count > count;
            return [.. list.Take(count).Select(each)];
        }
    }
}
