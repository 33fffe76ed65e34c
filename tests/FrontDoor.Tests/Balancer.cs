using System.Diagnostics;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>Debian's haproxy before a front door, which says for whom it connects by the PROXY protocol.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly Process _process;

    private Balancer(int backend, string from, string header)
    {
        _scratch.Write("haproxy.cfg", $"""
            global
              maxconn 100
            defaults
              mode tcp
              timeout connect 20s
              timeout client 60s
              timeout server 60s
            listen door
              bind 127.0.0.1:{Port}
              source {from}
              server broker 127.0.0.1:{backend} {header}

            """);
        _process = Command.Start(["/usr/sbin/haproxy", "-db", "-f", _scratch.File("haproxy.cfg")], SessionHome.Inherited());
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; } = FreeTcpPorts.One();

    /// <param name="from">The address it connects from.</param>
    /// <param name="header"><c>send-proxy</c> or <c>send-proxy-v2</c>.</param>
    public static async Task<Balancer> StartAsync(int backend, string from, string header)
    {
        Balancer balancer = new(backend, from, header);
        await Eventually.TrueAsync(() => FreeTcpPorts.Answers(balancer.Port), "haproxy answers", TimeSpan.FromSeconds(30));
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) { _process.Kill(); }
        await _process.WaitForExitAsync();
        _process.Dispose();
        _scratch.Dispose();
    }
}
