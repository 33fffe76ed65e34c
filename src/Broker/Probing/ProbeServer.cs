using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;
using MoshBroker.Configuration;
using MoshBroker.Http;
using MoshBroker.Telemetry;

namespace MoshBroker.Probing;

/// <summary>Probes again and again, and serves the last result on <c>/metrics</c>; <c>/livez</c> says that it does.</summary>
internal sealed class ProbeServer(ProbePlan plan, TimeSpan interval, TimeProvider time)
{
    private ProbeResult? _last;

    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="told">Is given each result.</param>
    /// <exception cref="StartRefusedException">The address is not to be had.</exception>
    public async Task RunAsync(IPEndPoint address, Action<IPEndPoint> listening, Func<ProbeResult, Task> told, CancellationToken stopping)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddRouting();
        await using WebApplication application = builder.Build();
        application.MapGet("/metrics", ServeAsync);
        application.MapGet("/livez", () => Results.Text("alive\n"));
        try
        {
            await application.StartAsync(stopping);
        }
        catch (IOException e)
        {
            throw new StartRefusedException($"--listen {address} cannot be listened on ({OneLine.Of(e)}): name another address", e);
        }

        listening(IPEndPoint.Parse(new Uri(application.Urls.First()).Authority));
        using PeriodicTimer timer = new(interval, time);
        try
        {
            do
            {
                ProbeResult result = await ProbeRun.OnceAsync(plan, time, stopping);
                Volatile.Write(ref _last, result);
                await told(result);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The usual end.
        }

        await application.StopAsync(CancellationToken.None);
    }

    private Task ServeAsync(HttpContext context)
    {
        bool isOpenMetrics = context.Request.Headers.Accept.Any(accepted => accepted is not null && accepted.Contains("application/openmetrics-text", StringComparison.Ordinal));
        MetricsText text = ProbeReport.Metrics(Volatile.Read(ref _last), isOpenMetrics);
        context.Response.ContentType = text.ContentType;
        context.Response.Headers.CacheControl = new StringValues("no-store");
        return context.Response.Body.WriteAsync(text.Written, context.RequestAborted).AsTask();
    }
}
