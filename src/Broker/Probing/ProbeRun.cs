using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MoshBroker.Configuration;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Probing;

/// <summary>One probe from its first leg to its last, or to the one that fails.</summary>
internal sealed class ProbeRun(ProbePlan plan, TimeProvider time)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly List<ProbeOutcome> _legs = [];

    public static async Task<ProbeResult> OnceAsync(ProbePlan plan, TimeProvider time, CancellationToken cancellation)
    {
        ProbeRun run = new(plan, time);
        await run.RunAsync(cancellation);
        return new ProbeResult(time.GetUtcNow(), run._legs);
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        int port = 0;
        SessionKey? key = null;
        ProbeClient? client = null;
        try
        {
            _ = await TryAsync(ProbeLeg.Ssh, async () => (port, key) = await ProbeBootstrap.RunAsync(plan, cancellation))
                && await TryAsync(ProbeLeg.Udp, async () =>
                {
                    client = new ProbeClient(time, await ResolveAsync(port, cancellation), key!);
                    if (!await client.UntilAsync(() => client.IsAnswered, plan.Timeout, cancellation)) { throw Unanswered(client, port); }
                })
                && await TryAsync(ProbeLeg.Echo, () => EchoAsync(
                    client!, "what was typed did not come back", "the program behind the session must echo: let the probe's target be /bin/cat, or a shell that is not busy", cancellation))
                && await TryAsync(ProbeLeg.Roam, () =>
                {
                    client!.Move();
                    return EchoAsync(
                        client, "no answer after the change of the source port",
                        "something on the path keeps to the old port: a UDP load balancer must send a session's datagrams to its node whatever their source is", cancellation);
                });
            if (client is { IsAnswered: true })
            {
                client.Leave();
                await client.UntilAsync(() => client.IsGone, Farewell, cancellation);
            }
        }
        finally
        {
            client?.Dispose();
            key?.Dispose();
        }
    }

    private async Task<bool> TryAsync(ProbeLeg leg, Func<Task> run)
    {
        long began = time.GetTimestamp();
        try
        {
            await run();
            _legs.Add(new ProbeOutcome(leg, true, time.GetElapsedTime(began).TotalSeconds));
            return true;
        }
        catch (ProbeFault fault)
        {
            _legs.Add(new ProbeOutcome(leg, false, time.GetElapsedTime(began).TotalSeconds, fault.Message, fault.Cure));
            return false;
        }
    }

    private async Task EchoAsync(ProbeClient client, string fault, string cure, CancellationToken cancellation)
    {
        // Ctrl-U empties the line, of a shell as of the terminal itself: what was typed before is not to push the token over its end.
        string token = "probe-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        client.Type("\x15" + token);
        bool isShown = await client.UntilAsync(() => client.Shows(token) || client.IsOver, plan.Timeout, cancellation);
        if (client.IsOver) { throw new ProbeFault("the session ended", "the target's program ended, or was never there: let it be one that waits for input, such as /bin/cat"); }
        if (!isShown) { throw new ProbeFault(fault, cure); }
    }

    private async Task<IPEndPoint> ResolveAsync(int port, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(plan.UdpHost, cancellation);
            if (addresses.Length > 0) { return new IPEndPoint(addresses[0], port); }
        }
        catch (SocketException e)
        {
            throw new ProbeFault($"{plan.UdpHost} has no address ({OneLine.Of(e)})", "name the address that clients use by --udp ADDRESS");
        }

        throw new ProbeFault($"{plan.UdpHost} has no address", "name the address that clients use by --udp ADDRESS");
    }

    private ProbeFault Unanswered(ProbeClient client, int port)
    {
        string where = string.Create(CultureInfo.InvariantCulture, $"UDP port {port} at {plan.UdpHost}");
        return client.IsRefused
            ? new ProbeFault($"{where} is refused: nobody listens there", "the datagrams reach another machine: name the broker's own address by --udp ADDRESS, or correct the NAT")
            : new ProbeFault(
                $"no answer from {where} within {plan.Timeout.TotalSeconds:0.#} s",
                $"UDP is blocked on the way: allow it, on this host by 'nft add rule inet filter input udp dport {port} accept', for the whole range by 'moshbroker firewall | nft -f -'; in a cloud also in the security group");
    }
}
