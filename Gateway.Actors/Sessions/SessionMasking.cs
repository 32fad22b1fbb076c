using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Protocol;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Masking;

namespace Gateway.Actors.Sessions;

/// <summary>Has a conversation mask what its connection's rules say, from its login on: that may bring a payload of its own, such as a will.</summary>
static class SessionMasking
{
    /// <summary>Null when it is so, or there are no rules; otherwise why the session may not begin.</summary>
    public static async Task<Refused?> BeginAsync(
        Conversation conversation, ConnectionProfile profile, UpstreamSecrets secrets, SchemaRegistries registries, GatewayMetrics metrics, CancellationToken cancel)
    {
        var masking = profile.Masking;
        if (masking.Rules.IsEmpty) return null;
        MaskingKey? key = null;
        if (masking.Key is { } place)
        {
            var read = await secrets.ReadKeyAsync(place, cancel).ConfigureAwait(false);
            if (!read.IsGranted) return new Refused(read.Refusal, read.Detail);
            key = read.Value;
        }

        conversation.Mask(new Masker(masking.Rules, key, (rule, count) => metrics.FieldsMasked(profile.Name, rule, count))
        {
            Compression = RecordCompression.Instance,
            Schemas = masking.Schemas is { } registry ? registries.Of(profile.Name, registry) : null,
        });
        return null;
    }
}
