using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>How near a certificate is to its end without anything to take its place.</summary>
public enum ExpiryAlarm
{
    None,

    /// <summary>A quarter of its life is left: renewal is late.</summary>
    Late,

    /// <summary>A tenth of its life is left: the node is not ready for new sessions of whoever needs it.</summary>
    Critical,

    /// <summary>It is over, and presented to nobody.</summary>
    Expired,
}

/// <summary>When certificates are renewed, tried again, and alarmed about. Pure: the same question has the same answer on every node.</summary>
public static class RotationSchedule
{
    static readonly TimeSpan s_firstRetry = TimeSpan.FromMinutes(1);
    static readonly TimeSpan s_longestRetry = TimeSpan.FromHours(1);

    /// <summary>
    /// When a version is to be renewed by its age: after two thirds of its life, or up to a twentieth of it earlier, so that many certificates
    /// of one age are not all due at once.
    /// </summary>
    public static DateTimeOffset RenewAt(string name, uint version, DateTimeOffset issued, DateTimeOffset notAfter)
    {
        var life = notAfter - issued;
        return issued + (life * 2 / 3) - (life / 20 * Fraction(name, version));
    }

    /// <summary>The life that pauses are measured by: of the active version, or of what is ordered where there is none.</summary>
    public static TimeSpan LifeOf(ManagedCertificate certificate, CertificateProfile profile) => certificate.Active is { } active
        ? CertificateFacts.Of(active).NotAfter - UnixMicros.Time(active.IssuedAt)
        : profile.Lifetime;

    /// <summary>
    /// When a renewal that failed is tried again: a minute later at most, then twice as long each time, up to a tenth of the life or an
    /// hour; later when the issuer says so; but always once more before nothing but a twentieth of the life is left.
    /// </summary>
    /// <param name="attempt">How many have failed in a row, from 1 on.</param>
    /// <param name="life">Of the certificate that is to be replaced, or ordered.</param>
    /// <param name="notAfter">When the active one ends; null when there is none.</param>
    /// <param name="retryAt">The earliest time the issuer takes another order; null when it did not say.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset NextAttempt(uint attempt, TimeSpan life, DateTimeOffset? notAfter, DateTimeOffset? retryAt, DateTimeOffset now)
    {
        var first = Clamp(life / 100, TimeSpan.FromSeconds(1), s_firstRetry);
        var longest = Clamp(life / 10, first, s_longestRetry);
        var next = now + Clamp(first * Math.Pow(2, Math.Min(attempt, 20) - 1), first, longest);
        if (retryAt > next) next = retryAt.Value;
        var last = notAfter - (life / 20);
        return last < next && last > now + first ? last.Value : next;
    }

    /// <summary>The alarm of a version at that time.</summary>
    public static ExpiryAlarm Alarm(DateTimeOffset issued, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var (left, life) = (notAfter - now, notAfter - issued);
        if (left <= TimeSpan.Zero) return ExpiryAlarm.Expired;
        if (left < life / 10) return ExpiryAlarm.Critical;
        return left < life / 4 ? ExpiryAlarm.Late : ExpiryAlarm.None;
    }

    /// <summary>From 0 to below 1, of the name and the version alone: whoever decides next decides alike.</summary>
    static double Fraction(string name, uint version)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}/{version}")));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)(1L << 32);
    }

    static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
