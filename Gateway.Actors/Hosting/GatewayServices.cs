using Akka.Actor;
using Akka.Hosting;
using Gateway.Actors.Accept;
using Gateway.Actors.Authorize;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Certificates.Status;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Hosting.Events;
using Gateway.Actors.Identify;
using Gateway.Actors.Identify.Saml;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Gateway.Actors.Sessions;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Actors.Tls.Revocation;
using Gateway.Actors.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>The wiring of a node.</summary>
public static class GatewayServices
{
    /// <summary>After the grace period: sealing what is left, leaving the cluster, ending the actor system.</summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromSeconds(60);

    /// <summary>Adds a whole node but its admin API.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, OpenedNode node) => services
        .AddSingleton(node.Options)
        .AddSingleton(node)
        .AddSingleton(node.Time)
        .AddSingleton(node.Identity)
        .AddSingleton<INodeCertificates>(node.Certificates)
        .AddSingleton(new PendingChallenges(node.Time))
        .AddSingleton<IChallengeCertificates>(provider => provider.GetRequiredService<PendingChallenges>())
        .AddSingleton<IChallengeAnswers, ClusterChallenges>()
        .AddSingleton(node.Certificates)
        .AddSingleton<OwnProbes>()
        .AddSingleton<ICertificateProbe, ListenerProbe>()
        .AddSingleton<IReadiness, CertificateReadiness>()
        .AddToken(node.Options.Certificates.Token, node.Time)
        .AddSingleton(provider => new SourceOf(CertificateOrigin.Internal, new InternalSource(
            node.Registry, node.ClusterKey, generation => StatusExtensions.For(node.Options.Certificates.RevocationUrl, generation), node.Time,
            provider.GetService<AuthorityToken>())))
        .AddSingleton<AuthorityStatus>()
        .AddSingleton<IAcmeAccounts, RegisteredAccounts>()
        .AddSingleton(provider => new AcmeSource(
            node.Options.Certificates.Acme, provider.GetRequiredService<IAcmeAccounts>(), provider.GetRequiredService<IChallengeAnswers>(), node.Time))
        .AddSingleton(provider => new SourceOf(CertificateOrigin.Acme, provider.GetRequiredService<AcmeSource>()))
        .AddSingleton<RotationActors>()
        .AddSingleton(node.RegisteredCertificates)
        .AddSingleton<CertificateOrders>()
        .AddSingleton<CertificateRevoking>()
        .AddSingleton<AcmeAccountOrders>()
        .AddSingleton<Resealing>()
        .AddSingleton<ICertificateSurvey, CertificateSurvey>()
        .AddSingleton(node.SealKey)
        .AddSingleton<GatewayMetrics>()
        .AddSingleton<LiveSessions>()
        .AddTls(node.Options.Tls, node)
        .AddSingleton<CertificateRevocation>()
        .AddHostedService<StapleRefresh>()
        .AddSaml(node)
        .AddSingleton(new ClientCertificateAuthority(node.Options.Certificates, node.Time))
        .AddSingleton(new AcceptedConnections(node.Time))
        .AddSingleton(new ConnectionSlots(node.Options.Limits.Handshakes))
        .AddSingleton(new RecordingBudget(node.Options.Limits.RecordingBytesInFlight))
        .AddSingleton(Connections)
        .AddSingleton<IConnections>(provider => provider.GetRequiredService<NodeConnections>())
        .AddSingleton<ITokenVerifier>(provider => new TokenVerifier(
            node.Options.Issuers, node.Time, provider.GetRequiredService<ILogger<TokenVerifier>>(),
            node.TokenKey is { } key ? SamlLogins.Issuers(node.Options.Saml, key) : null))
        .AddSingleton<IAccessFacts>(new RegistryAccessFacts(node.Registry))
        .AddSingleton<LiveAccess>()
        .AddSingleton(_ => new JournalWriter(node.Journal, node.Time))
        .AddSingleton<ISessionIndex>(provider => new SqlSessionIndex(node.Journal, provider.GetRequiredService<JournalWriter>()))
        .AddSingleton(provider => new AnomalyWatch(
            provider.GetRequiredService<ISessionIndex>(), node.Options.Anomalies, provider.GetRequiredService<GatewayMetrics>(), node.Time,
            provider.GetRequiredService<ILoggerFactory>()))
        .AddSingleton<ISessionArchive>(new SqlSessionArchive(node.Journal, node.ClusterKey))
        .AddSingleton<IRecordingKeys>(new RecordingKeys(node.Journal))
        .AddSingleton<RecordingLife>()
        .AddSingleton<ILedger>(new JournalLedger(node.Journal, node.SealKeys))
        .AddSingleton<IRegistry>(node.Registry)
        .AddSingleton(node.ClusterKey)
        .AddSingleton<IRegisteredSecrets, RegisteredSecrets>()
        .AddSingleton(new UpstreamTokens(node.Time))
        .AddSingleton<UpstreamSecrets>()
        .AddSingleton<IAccounts>(provider => new AccountBooks(
            provider.GetRequiredService<UpstreamSecrets>().OpenAsync, node.ClusterKey.Derive(AccountBooks.What, [], 32)[0], node.Time))
        .AddSingleton(provider => new UpstreamProbe(
            new UpstreamDialer(provider.GetRequiredService<ITlsEngine>(), provider.GetRequiredService<CertificateRevocation>(), node.Certificates),
            provider.GetRequiredService<UpstreamSecrets>(), node.Time, node.Options.Limits.UpstreamTimeout))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<RegistryActors>(provider))
        .AddSingleton<IRegistryCommands>(provider => provider.GetRequiredService<RegistryActors>().Commands)
        .AddSingleton<IReadiness, RegistryReadiness>(_ => new RegistryReadiness(node.Registry))
        .AddSingleton(Parts)
        .AddSingleton<ClusterView>()
        .AddSingleton<IClusterView>(provider => provider.GetRequiredService<ClusterView>())
        .AddSingleton<ISessionCommands, SessionCommands>()
        .AddSingleton<IConnectionChanges, ConnectionChanges>()
        .AddSingleton<IConnectionSurvey, ConnectionSurvey>()
        .AddSingleton<IAuditRecord, AuditRecord>()
        .AddSingleton<INodeCommands, NodeCommands>()
        .AddSingleton<JournalProbe>()
        .AddHostedService(provider => provider.GetRequiredService<JournalProbe>())
        .AddSingleton(node.Journal)
        .AddSingleton<NodeActors>()
        .AddSingleton<IReadiness, NodeReadiness>()
        .AddEvents(node)
        .Configure<HostOptions>(host => host.ShutdownTimeout = node.Options.Node.DrainNotice + node.Options.Node.DrainGrace + Leaving)
        .AddAkka(ClusterConfiguration.SystemName, (akka, provider) => akka
            .WithGatewayJournal(
                node.Journal, provider.GetRequiredService<JournalWriter>(), provider.GetRequiredService<AcceptedConnections>().Has)
            .WithGatewayCluster(node.Options, node.Certificates, node.Identity, node.Time)
            .AddStartup((_, _) => provider.GetRequiredService<RegistryActors>().Start())
            .AddStartup((system, _) => system.ActorOf(
                ChallengesActor.Props(provider.GetRequiredService<PendingChallenges>(), provider.GetRequiredService<ILoggerFactory>()), ChallengesActor.Name))
            .AddStartup((_, _) => provider.GetRequiredService<RotationActors>().Start())
            .AddStartup((system, _) => system.ActorOf(LedgerKeeper.Props(new LedgerParts(
                new SealerView(system), new SqlLedger(node.Journal), node.SealKey, node.Time,
                provider.GetRequiredService<ILoggerFactory>())), "ledger-keeper"))
            .AddStartup((system, _) => provider.GetRequiredService<EventActors>().Start(system))
            .AddStartup((system, _) => system.ActorOf(RecordingKeeper.Props(Keeper(system, provider, node)), "recording-keeper"))
            .AddStartup((system, _) => system.ActorOf(ErasureKeeper.Props(Erasures(system, provider, node)), "erasure-keeper"))
            .AddStartup((_, registry) => provider.GetRequiredService<NodeActors>().StartAsync(node.Listeners, registry)));

    static IServiceCollection AddEvents(this IServiceCollection services, OpenedNode node) => services
        .AddSingleton(provider => new OutletStates(
            [.. node.Options.Events.Outlets.Select(outlet => outlet.Name)], provider.GetRequiredService<GatewayMetrics>(), node.Time))
        .AddSingleton<IReadiness>(provider => provider.GetRequiredService<OutletStates>())
        .AddSingleton<EventActors>();

    static IServiceCollection AddToken(this IServiceCollection services, TokenOptions options, TimeProvider time) =>
        options.ModulePath is null ? services : services.AddSingleton(_ => new AuthorityToken(options, time));

    static IServiceCollection AddSaml(this IServiceCollection services, OpenedNode node) => node.TokenKey is { } key
        ? services.AddSingleton(new SamlLogins(node.Options.Saml, key, new SqlLoginStore(node.Journal, node.Time), node.Time))
        : services;

    static IServiceCollection AddTls(this IServiceCollection services, TlsOptions options, OpenedNode node)
    {
        var ring = new TicketKeyRing(node.Time, hour => DerivedTicketKeys.Of(node.ClusterKey, hour));
        if (options.TicketKeyFile is { } file)
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TicketKeyReader>(provider, file, ring));
        return services.AddSingleton(provider => TlsEngines.Choose(
            options, ring, provider.GetRequiredService<GatewayMetrics>(), provider.GetRequiredService<ILogger<ITlsEngine>>()));
    }

    static NodeConnections Connections(IServiceProvider provider)
    {
        var node = provider.GetRequiredService<OpenedNode>();
        var reader = RegisteredConnections.Reader(node.Options);
        return new NodeConnections(node.Connections, node.Registry, reader, provider.GetRequiredService<ILogger<NodeConnections>>());
    }

    static KeeperParts Keeper(ActorSystem system, IServiceProvider provider, OpenedNode node) => new(
        new SealerView(system), () => provider.GetRequiredService<IConnections>().All, new ExpiredRecordings(node.Journal), node.Registry,
        provider.GetRequiredService<IRegistryCommands>(), node.Identity.Key, node.Time.GetUtcNow, provider.GetRequiredService<ILoggerFactory>());

    static ErasureParts Erasures(ActorSystem system, IServiceProvider provider, OpenedNode node) => new(
        new SealerView(system), node.Registry, provider.GetRequiredService<IRegistryCommands>(), provider.GetRequiredService<IRecordingKeys>(),
        node.Identity.Key, node.Time.GetUtcNow, provider.GetRequiredService<ILoggerFactory>());

    static SessionParts Parts(IServiceProvider provider)
    {
        var node = (provider.GetRequiredService<NodeIdentity>(), provider.GetRequiredService<GatewayOptions>());
        var (time, secrets) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<UpstreamSecrets>());
        var dialer = new UpstreamDialer(
            provider.GetRequiredService<ITlsEngine>(), provider.GetRequiredService<CertificateRevocation>(), provider.GetRequiredService<INodeCertificates>());
        return new SessionParts
        {
            NodeKey = node.Item1.Key,
            Limits = node.Item2.Limits,
            Time = time,
            Accepted = provider.GetRequiredService<AcceptedConnections>(),
            Slots = provider.GetRequiredService<ConnectionSlots>(),
            Addresses = new AddressLimits(node.Item2.Limits, time),
            Subjects = new SubjectLimits(node.Item2.Limits, time),
            Rates = new SubjectRates(time),
            Probes = provider.GetRequiredService<OwnProbes>(),
            Live = provider.GetRequiredService<LiveSessions>(),
            Certificates = provider.GetRequiredService<INodeCertificates>(),
            Challenges = provider.GetRequiredService<IChallengeCertificates>(),
            Identification = new Identification(provider.GetRequiredService<ITokenVerifier>(), provider.GetRequiredService<IAccounts>(), time),
            Access = provider.GetRequiredService<IAccessFacts>(),
            LiveAccess = provider.GetRequiredService<LiveAccess>(),
            Tls = provider.GetRequiredService<ITlsEngine>(),
            Revocation = provider.GetRequiredService<CertificateRevocation>(),
            Dialer = dialer,
            Secrets = secrets,
            Schemas = new SchemaRegistries(secrets, time, provider.GetRequiredService<GatewayMetrics>(), provider.GetRequiredService<ILoggerFactory>()),
            Surveys = new UpstreamSurveys(dialer, secrets, time, node.Item2.Limits.UpstreamTimeout),
            Index = provider.GetRequiredService<ISessionIndex>(),
            SealKey = provider.GetRequiredService<SealKey>(),
            ClusterKey = provider.GetRequiredService<ClusterKey>(),
            Budget = provider.GetRequiredService<RecordingBudget>(),
            Compression = new CompressionBudget(Environment.ProcessorCount, time),
            Anomalies = provider.GetRequiredService<AnomalyWatch>(),
            Metrics = provider.GetRequiredService<GatewayMetrics>(),
            Logging = provider.GetRequiredService<ILoggerFactory>(),
        };
    }
}
