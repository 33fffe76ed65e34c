using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Control;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker sessions watch</c>: a session's screen in the operator's own terminal. He types nothing to it.</summary>
internal static class WatchCommand
{
    public static async Task<int> RunAsync(string socketPath, string id, TextWriter output, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string last;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            await using NetworkStream stream = new(socket, ownsSocket: false);
            await stream.WriteAsync(Size(new ControlMessage("sessions-watch"u8).Add("session"u8, Encoding.UTF8.GetBytes(id))), cancellationToken);
            ControlMessage answer = await ReadAsync(stream, cancellationToken);
            if (!answer.Head.SequenceEqual("ok"u8))
            {
                throw new StartRefusedException(OneLine.Of(Encoding.UTF8.GetString(answer.Find("message"u8) ?? "the broker refuses"u8.ToArray())));
            }

            last = await ShowAsync(stream, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new StartRefusedException($"the broker at {socketPath} does not answer, or no longer ({OneLine.Of(e)}): is 'moshbroker serve' running?", e);
        }

        await output.WriteLineAsync(last);
        return ExitCodes.Ok;
    }

    private static async Task<string> ShowAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using OperatorTerminal terminal = OperatorTerminal.TryTake()
            ?? throw new StartRefusedException("to watch takes a terminal, for input and output; moshbroker sessions show tells of a session without one");
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(terminal.Leaving, cancellationToken);
        using SemaphoreSlim turn = new(1);
        terminal.Resized += (_, _) => _ = TellSizeAsync(stream, turn, leaving.Token);
        try
        {
            while (true)
            {
                ControlMessage message = await ReadAsync(stream, leaving.Token);
                if (!message.Head.SequenceEqual("frame"u8)) { return "[the session is over]"; }
                terminal.Show(message.Find("bytes"u8));
            }
        }
        catch (OperationCanceledException)
        {
            return "[no longer watching]";
        }
    }

    private static async Task TellSizeAsync(NetworkStream stream, SemaphoreSlim turn, CancellationToken leaving)
    {
        try
        {
            await turn.WaitAsync(leaving);
            await stream.WriteAsync(Size(new ControlMessage("size"u8)), leaving);
            turn.Release();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It is over; whoever reads frames sees that, too.
        }
    }

    private static byte[] Size(ControlMessage message)
    {
        (int columns, int rows) = OperatorTerminal.Size;
        return message.Add("size"u8, Encoding.ASCII.GetBytes($"{columns}x{rows}")).ToFrame().ToArray();
    }

    private static async Task<ControlMessage> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellationToken);
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (bytes > ControlMessage.MaxLength) { throw new IOException("a message beyond all measure"); }
        byte[] body = new byte[bytes];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return ControlMessage.FromBody(body);
    }
}
