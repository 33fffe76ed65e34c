using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Control;

namespace MoshBroker.Commands;

/// <summary>Asks a running broker one thing over its control socket.</summary>
internal static class ControlClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The socket that <c>open</c> would find: <c>--broker</c>, <c>MOSHBROKER_SOCKET</c>, the user's, the system's.</summary>
    public static string FindSocket(string? named, HostEnvironment host)
    {
        string? chosen = named ?? host.Variable("MOSHBROKER_SOCKET");
        if (chosen is { Length: > 0 }) { return Path.GetFullPath(chosen, host.WorkingDirectory); }
        List<string> usual = [];
        if (host.XdgFolder("XDG_RUNTIME_DIR") is { } runtime) { usual.Add(Path.Combine(runtime, "moshbroker/broker.sock")); }
        usual.Add("/run/moshbroker/broker.sock");
        if (host.DefaultDataDirectory() is { } data) { usual.Add(Path.Combine(data, "broker.sock")); }
        if (host.IsRoot && host.XdgFolder("HOME") is { } home) { usual.Add(Path.Combine(home, ".local/state/moshbroker/broker.sock")); } // Where eng/run has it.
        return usual.Find(File.Exists)
            ?? throw new StartRefusedException($"no broker found ({string.Join(", ", usual)}): start 'moshbroker serve', or name its socket by --broker");
    }

    /// <summary>Sends a request; the <c>json</c> of the answer.</summary>
    /// <exception cref="StartRefusedException">No broker there, no answer, or an answer that says why not.</exception>
    public static async Task<byte[]> AskAsync(string socketPath, ControlMessage request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        ControlMessage answer;
        try
        {
            answer = await ExchangeAsync(socketPath, request, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartRefusedException($"the broker at {socketPath} does not answer");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new StartRefusedException($"no broker at {socketPath} ({OneLine.Of(e)}): start 'moshbroker serve', or name its socket by --broker", e);
        }

        if (answer.Head.SequenceEqual("ok"u8)) { return answer.Find("json"u8) ?? "null"u8.ToArray(); }
        throw new StartRefusedException(OneLine.Of(Encoding.UTF8.GetString(answer.Find("message"u8) ?? "the broker refuses"u8.ToArray())));
    }

    private static async Task<ControlMessage> ExchangeAsync(string socketPath, ControlMessage request, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        await stream.WriteAsync(request.ToFrame().ToArray(), cancellationToken);
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellationToken);
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (bytes > ControlMessage.MaxLength) { throw new IOException("an answer beyond all measure"); }
        byte[] body = new byte[bytes];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return ControlMessage.FromBody(body);
    }
}
