using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.FileProviders;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Components;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;
using MoshBroker.Http.Api;
using MoshBroker.Http.Feeds;
using MoshBroker.Http.Pulse;

namespace MoshBroker.Http;

/// <summary>The web side: dashboard on <c>--http</c>, health and metrics on <c>--metrics</c>, one Kestrel for both.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>A viewer holds one connection for its feed; more than these are people or probes gone wrong.</summary>
    private const int MaxConnections = 256;

    /// <summary>The longest that is taken is a line for a user's screen.</summary>
    private const int MaxBodyLength = 4096;

    private readonly WebApplication? _application;

    private HttpServer(WebApplication? application, IPEndPoint? dashboard, IPEndPoint? health) =>
        (_application, Dashboard, Health) = (application, dashboard, health);

    /// <summary>Where the dashboard listens, with the port that was given for port 0; null is off.</summary>
    public IPEndPoint? Dashboard { get; }

    /// <summary>Where <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c> are; null is off.</summary>
    public IPEndPoint? Health { get; }

    /// <summary>Starts to listen; with both addresses off it does nothing.</summary>
    /// <exception cref="StartRefusedException">An address is in use, or not ours.</exception>
    public static async Task<HttpServer> StartAsync(
        ServeOptions options, WebParts parts, ILoggerFactory? logging, TimeProvider clock, CancellationToken cancellationToken)
    {
        List<Listener> listeners = Listener.Of(options);
        if (listeners.Count == 0) { return new HttpServer(null, null, null); }
        WebApplication application = Build(listeners, parts, logging, clock);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new HttpServer(
            application,
            listeners.Find(listener => listener.Roles.HasFlag(ListenerRoles.Dashboard))?.Bound,
            listeners.Find(listener => listener.Roles.HasFlag(ListenerRoles.Health))?.Bound);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is null) { return; }

        // Feeds never end by themselves; they see the application stopping and leave. A client that holds its connection is cut off.
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    private static WebApplication Build(List<Listener> listeners, WebParts parts, ILoggerFactory? logging, TimeProvider clock)
    {
        // Empty: no appsettings.json, no ASPNETCORE_ variables, no console log. What listens where is said by our own options only.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endPoint => Bind(listeners, endPoint));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxBodyLength;
            foreach (Listener listener in listeners)
            {
                kestrel.Listen(listener.Given, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(next => connection =>
                    {
                        connection.Items[typeof(Listener)] = listener;
                        return next(connection);
                    });
                });
            }
        });
        if (logging is not null) { builder.Services.AddSingleton(logging); }
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddSingleton(parts.Tokens);
        builder.Services.AddSingleton<LoginSessions>();
        builder.Services.AddSingleton(new AccessNotes(parts.Audit, parts.Lookout, clock));
        builder.Services.AddSingleton(new ProxyIdentities(parts.Records.Policy, parts.Audit, clock));
        builder.Services.AddScoped<CurrentPrincipal>();
        builder.Services.AddScoped(services => services.GetRequiredService<CurrentPrincipal>().Value);
        builder.Services.AddScoped<IBrokerFeed>(services => new ScopedFeed(parts.Feed, services.GetRequiredService<CurrentPrincipal>().Value));
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(parts.Scrapes);
        builder.Services.AddScoped<IBrokerRecords>(services => services.GetRequiredService<ScopedRecords>());
        builder.Services.AddScoped(services => new ScopedRecords(
            services.GetRequiredService<CurrentPrincipal>().Value, services.GetRequiredService<IBrokerFeed>(), parts.Records, clock));
        builder.Services.AddSingleton(parts.Actions);
        SharedFeed shared = new(parts.Feed, clock);
        builder.Services.AddSingleton(shared);
        builder.Services.AddSingleton(new RowBoard(shared, clock));
        builder.Services.AddSingleton(parts);
        builder.Services.AddSingleton<FeedHost>();
        builder.Services.AddSingleton<ChangeFeed>();
        builder.Services.AddSingleton<TableFeed>();
        builder.Services.AddSingleton(parts.Numbers);
        builder.Services.AddSingleton<PulseHistory>();
        if (listeners.Exists(listener => listener.Roles.HasFlag(ListenerRoles.Dashboard))) { builder.Services.AddHostedService(services => services.GetRequiredService<PulseHistory>()); }
        builder.Services.AddSingleton<PulseFeed>();
        builder.Services.AddSingleton<SessionDetailFeed>();
        builder.Services.AddSingleton<ScreenFeed>();
        builder.Services.AddSingleton<FeedEndpoints>();
        builder.Services.AddRouting();
        builder.Services.AddRazorComponents();

        WebApplication application = builder.Build();
        application.UseMiddleware<RequestGate>();
        application.UseMiddleware<AccessGate>();
        application.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new EmbeddedFiles(typeof(App).Assembly, "wwwroot"),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        application.UseRouting();
        application.UseAntiforgery();
        application.MapGet("/livez", () => Results.Text("alive\n"));
        application.MapGet("/readyz", () => parts.Feed.Node.NotReadyBecause is { } reason
            ? Results.Text($"not ready: {OneLine.Of(reason)}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready\n"));
        parts.Metrics?.Map(application);
        new LoginEndpoints(parts.Tokens, application.Services.GetRequiredService<LoginSessions>(), application.Services.GetRequiredService<AccessNotes>(), parts.Audit, clock).Map(application);
        new ApiEndpoints(parts.Actions).Map(application);
        application.Services.GetRequiredService<FeedEndpoints>().Map(application);
        application.MapRazorComponents<App>();
        return application;
    }

    private static Socket Bind(List<Listener> listeners, EndPoint endPoint)
    {
        Listener listener = listeners.Find(listener => listener.Given.Equals(endPoint))!;
        if (endPoint is UnixDomainSocketEndPoint path) { return ProxySocket.Bind(path, listener.Flag); }
        try
        {
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            listener.Bound = (IPEndPoint)socket.LocalEndPoint!;
            return socket;
        }
        catch (SocketException e)
        {
            string fault = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is in use by another program: stop that one",
                SocketError.AddressNotAvailable => "is not an address of this machine: name one that is",
                SocketError.AccessDenied => "needs more rights than the broker has: name a port from 1024",
                _ => $"cannot be listened on ({OneLine.Of(e)}): name another address",
            };
            throw new StartRefusedException($"{listener.Flag} {endPoint} {fault}, or give {listener.Flag} ADDR:PORT or off", e);
        }
    }
}
