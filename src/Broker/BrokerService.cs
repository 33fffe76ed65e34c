using MoshBroker.Audit;
using MoshBroker.Cluster;
using MoshBroker.Commands;
using MoshBroker.Configuration;
using MoshBroker.Detection;
using MoshBroker.Diagnosis;
using MoshBroker.Endpoint;
using MoshBroker.Firewall;
using MoshBroker.FrontDoor;
using MoshBroker.Http;
using MoshBroker.Http.Access;
using MoshBroker.Native;
using MoshBroker.Recording;
using MoshBroker.Sessions;
using MoshBroker.Survival;
using MoshBroker.Targets;
using MoshBroker.Telemetry;
using MoshBroker.Telemetry.Export;
using MoshBroker.Tenants;

namespace MoshBroker;

/// <summary>The broker, put together from its parts: what is between <c>serve</c> and the signal that ends it.</summary>
internal static class BrokerService
{
    private static readonly TimeSpan LastAnswer = TimeSpan.FromMilliseconds(20); // Whoever asked for the upgrade is told.

    public static async Task<int> ServeAsync(ServeOptions options, CancellationToken stopping)
    {
        // Who is told to stop while it starts goes on with the sessions that were left, and ends them in order: nobody else would.
        CancellationToken starting = CancellationToken.None;
        if (options.ListenHost is { } host) { PortPerChannel.RequireOurs(host); }
        TimeProvider time = TimeProvider.System;
        using ILoggerFactory logging = Logging.Create(options.Otlp, options.Node);
        using DataDirectory data = DataDirectory.Open(options.DataDirectory);
        MasterKeys master = MasterKeys.Load(options.DataDirectory, options.MasterKeyFile);
        using KeySealer sealer = new(master);
        await using SqlStore store = await StoreOpening.OpenAsync(options, master, time);
        StoreLog storeLog = new(logging.CreateLogger<SqlStore>());
        store.Health.Changed = reason =>
        {
            if (reason is null) { storeLog.Back(); } else { storeLog.Lost(reason); }
        };
        if (sealer.Versions.Skip(1).Any())
        {
            (int resealed, int unopened) = await store.ResealAsync(sealer, starting);
            storeLog.Resealed(resealed, sealer.Version, unopened);
        }

        int? mostKept = SystemdStore.IsOffered(HostEnvironment.Real) ? SystemdStore.MostKept(HostEnvironment.Real) : null;
        Capacity capacity = Capacity.Plan(options.Ports, mostKept).AtMost(options.Capacity);
        SessionHub? reported = null;
        await using Membership? membership = options.Store is StoreAddress.Postgres
            ? await Membership.JoinAsync(store, Membership.NodeOf(options, capacity.Sessions), () => new NodeReport(reported?.Count ?? 0, capacity.Sessions, reported?.IsDraining ?? false), storeLog, stopping)
            : null;
        SurvivalLog survivalLog = new(logging.CreateLogger<SessionHub>());
        using IDescriptorStore? fdStore = OpenFdStore(options.DataDirectory, survivalLog, out Dictionary<string, FileDescriptor> left);
        left.Remove(KeptListener.Name, out FileDescriptor? listener);
        using KeptListener? kept = fdStore is null ? null : new KeptListener(fdStore, listener);
        string auditFolder = Path.Combine(options.DataDirectory, "audit");
        await using AuditTrail audit = await AuditTrail.OpenAsync(auditFolder, store, new AuditLog(logging.CreateLogger<AuditTrail>()), time, starting);

        PolicySurroundings surroundings = PolicySurroundings.Of(HostEnvironment.Real, options.Ports);
        await using PolicyFile policy = PolicyFile.Open(options.PolicyFile, surroundings, audit, new PolicyLog(logging.CreateLogger<PolicyFile>()), time);
        MonoClock doorClock = new(time);
        using Children children = new(doorClock);

        RecordingKey recordingKey = RecordingKey.Load(options.DataDirectory);
        using BrokerMetrics metrics = new();
        using OtlpExport? export = options.Otlp is { } otlp ? OtlpExport.Start(otlp, options.Node, new ExportLog(logging.CreateLogger<OtlpExport>())) : null;
        FrontDoorLog doorLog = new(logging.CreateLogger<Reception>());
        Denials denials = new(audit, doorLog);
        using SshPool? pool = options.FrontDoor is null ? null : new SshPool(Path.Combine(options.DataDirectory, "ssh"), children);
        TargetPaths? paths = pool is null ? null : new TargetPaths(pool);
        EndpointLog endpointLog = new(logging.CreateLogger<SharedPort>());
        metrics.Lookout.Log = endpointLog;
        HubSettings settings = new(options.Node, options.ListenHost, options.Ports, Environment.ProcessorCount, capacity)
        {
            Policy = () => policy.Current,
            Incarnation = membership?.Incarnation.Number ?? 0,
            FdStore = fdStore,
            Left = left,
            Offer = new ExtensionOffer(options.Extensions, options.Advertised),
            SurvivalLog = survivalLog,
            Reentry = paths is null ? null : entered => new Reentry(entered, () => policy.Current, paths, children, denials, metrics, time),
            EndpointLog = endpointLog,
            Recordings = clock => new RecordingService(
                Path.Combine(options.DataDirectory, "recordings"), recordingKey, new RecordingLog(logging.CreateLogger<RecordingService>()), audit, clock)
            {
                Metrics = metrics,
            },
        };
        await using SessionHub hub = new(settings, store, sealer, new SessionLog(logging.CreateLogger<SessionHub>()), audit, metrics, time);
        reported = hub;
        // A start that fails ends nobody's session: the next one goes on with them.
        hub.LeavesSessions = fdStore is not null;
        children.AreLeft = hub.LeavesSessions;
        await hub.RestoreAsync(starting);
        audit.Retention = RetentionOf(policy.Current);
        policy.Changed += (_, _) =>
        {
            audit.Retention = RetentionOf(policy.Current);
            hub.ApplyPolicy();
        };
        DetectionLog detectionLog = new(logging.CreateLogger<Watchman>());
        using TripwirePorts tripwires = TripwirePorts.Open(policy.Current.Detections, options.Ports, options.ListenHost, doorClock, metrics, detectionLog);
        HelperPrograms helpers = new(children, detectionLog, time);
        AlarmBook alarms = new();
        metrics.Lookout.Trusted = policy.Current.TrustedScanners;
        policy.Changed += (_, _) => metrics.Lookout.Trusted = policy.Current.TrustedScanners;
        Watchman watchman = new(metrics.Lookout, new HubScene(hub, metrics), alarms, audit, metrics, detectionLog, time)
        {
            Responder = new Responder(() => policy.Current, metrics.Lookout.Filter, hub, () => hub.LiveNetworks, helpers, helpers),
        };
        BrokerFeed feed = new(hub, options.Node, capacity, time.GetUtcNow(), policy, alarms, metrics) { Store = store.Health };
        SessionMetrics? sessionMetrics = options.SessionMetrics > 0 ? new SessionMetrics(() => hub.Readings, () => alarms.TouchedSessions, options.Node, options.SessionMetrics) : null;
        AccessTokens tokens = AccessTokens.Load(options.DataDirectory, time);
        ScrapeClock scrapes = new(time);
        RecordSources records = new(
            () => policy.Current, hub.CountOf, store, audit, metrics, hub.Clock, new RecordingShelf(Path.Combine(options.DataDirectory, "recordings")),
            cancellation => Doctor.ExamineAsync(
                options, policy.Current, new FirewallPorts(options.Ports, options.FrontDoor?.At.Port), scrapes.Age, sshd: null, cancellation));
        using MetricsEndpoint scraped = new(metrics, sessionMetrics);
        WebParts web = new(feed, hub, tokens, audit, records, scrapes, metrics, scraped) { Lookout = metrics.Lookout };
        await using HttpServer http = await HttpServer.StartAsync(options, web, logging, time, starting);
        using SshDaemon? ssh = options.FrontDoor is { } door
            ? await SshDaemon.OpenAsync(door, options.DataDirectory, options.SocketPath, () => policy.Current, children, doorClock, audit, metrics, doorLog, kept, starting)
            : null;
        if (ssh is not null) { policy.Changed += (_, _) => ssh.OnPolicy(policy.Current); }
        policy.Watch();
        records.Pool = pool;
        Doorkeeper? keeper = ssh is null ? null : new Doorkeeper(hub, () => policy.Current, ssh.Reception, paths!, children, audit, metrics, denials, time);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Successor successor = new(fdStore is SystemdStore ? Supervisor.LaunchedAs() : fdStore is null ? null : options.Successor, options.Words, () =>
        {
            hub.LeavesSessions = children.AreLeft = true;
            leaving.CancelAfter(LastAnswer);
        });
        if (membership is not null)
        {
            // Whoever has the name now goes on; a word of ours would be one too many.
            membership.Superseded = () =>
            {
                hub.LeavesSessions = children.AreLeft = true;
                leaving.Cancel();
            };
        }

        ControlLog controlLog = new(logging.CreateLogger<ControlSocket>());
        await using ControlSocket control = ControlSocket.Listen(options.SocketPath, new ControlRequests(hub, new AuditRequests(auditFolder, store), controlLog) { Successor = successor, Door = keeper, Policy = policy, Scrapes = scrapes, Tokens = new TokenRequests(tokens, audit, () => policy.Current, () => http.Dashboard) }, controlLog);
        StartReport report = new(options, capacity, http, ssh);
        feed.Listening = report.Listening;
        report.Tell(Console.IsOutputRedirected ? null : Console.Out, logging.CreateLogger("MoshBroker"));
        audit.Write(new AuditEvent(AuditEventName.BrokerStart) { More = AuditEvent.Attribute("service.version", CommandLine.Version) });
        hub.LeavesSessions = children.AreLeft = false;
        if (fdStore is not null) { fdStore.EndsStore = true; }
        (fdStore as SystemdStore)?.Ready();
        await watchman.RunAsync(hub.Clock, leaving.Token); // Until the broker is told to stop.
        hub.StopTaking();
        audit.Write(new AuditEvent(AuditEventName.BrokerStop));
        return hub.LeavesSessions ? ExitCodes.HandedOver : ExitCodes.Ok;
    }

    private static IDescriptorStore? OpenFdStore(string folder, SurvivalLog log, out Dictionary<string, FileDescriptor> left)
    {
        left = [];
        try
        {
            if (SystemdStore.IsOffered(HostEnvironment.Real)) { return SystemdStore.Open(HostEnvironment.Real, log, out left); }
            if (FdStoreClient.Program is { } program) { return FdStoreClient.Open(folder, program, log, out left); }
            log.NoStore("its program is not beside the broker's: start the broker by the moshbroker launcher");
        }
        catch (IOException failure)
        {
            log.NoStore(failure.Message);
        }

        return null;
    }

    private static AuditRetention RetentionOf(Policy policy) => new(
        (policy.DropIn ?? TenantRules.Unlimited).AuditRetention, policy.Tenants.ToDictionary(tenant => tenant.Key, tenant => tenant.Value.Rules.AuditRetention, StringComparer.Ordinal));
}
