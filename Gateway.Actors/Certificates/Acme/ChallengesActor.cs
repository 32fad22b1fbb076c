using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>Takes what this node is to answer from whoever orders certificates for the cluster.</summary>
public sealed partial class ChallengesActor : ReceiveActor
{
    /// <summary>Its name below <c>/user</c> on every node.</summary>
    public const string Name = "acme-challenges";

    public ChallengesActor(PendingChallenges challenges, ILogger log)
    {
        Receive<OfferChallenge>(offer =>
        {
            var challenge = offer.Challenge;
            var isTaken = challenges.TryAdd(challenge);
            if (isTaken) LogAnswers(log, challenge.Name, challenge.Kind.Word());
            else LogRefused(log, AcmeText.Printable(offer.Name, 255), challenge.ExpiresAt);
            Sender.Tell(new ChallengeTaken(offer.Token, isTaken));
        });
        Receive<WithdrawChallenge>(over => challenges.Remove(over.Kind, over.Token));
    }

    public static Props Props(PendingChallenges challenges, ILoggerFactory logging) =>
        Akka.Actor.Props.Create(() => new ChallengesActor(challenges, logging.CreateLogger("Gateway.Acme")));

    [LoggerMessage(360, LogLevel.Debug, "Answers for {Name} by {Challenge} until it is validated")]
    static partial void LogAnswers(ILogger log, string name, string challenge);

    [LoggerMessage(361, LogLevel.Warning, "Does not answer a challenge for {Name} that ends at {Until:u}: it is over, malformed, or one too many")]
    static partial void LogRefused(ILogger log, string name, DateTimeOffset until);
}
