using System.Buffers.Binary;
using System.Net.Sockets;
using MoshBroker.Control;
using MoshBroker.Native;
using MoshBroker.Sessions;

namespace MoshBroker.FrontDoor;

/// <summary>One connection to the control socket: one request, one answer; but frames as long as somebody watches.</summary>
internal sealed class ControlConnection(Socket connection, uint uid, int pid, ControlRequests requests, ControlLog log)
{
    /// <summary>How long a peer may take over his request, and over reading the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // More than a request has; a peer who sends some with every byte must not use up ours.
    private const int MaxDescriptors = 16;

    /// <summary>Done when nobody needs the socket any more.</summary>
    public Task Held { get; private set; } = Task.CompletedTask;

    public async Task ServeAsync(CancellationToken stopping)
    {
        List<FileDescriptor> descriptors = [];
        try
        {
            connection.Blocking = false;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(Patience);
            ControlMessage? request = await ReadAsync(descriptors, limit.Token);
            if (request is null)
            {
                log.Refused(uid, "it is not a whole request");
                return;
            }

            if (request.Head.SequenceEqual("sessions-watch"u8))
            {
                await ShowAsync(request, stopping);
                return;
            }

            TaskCompletionSource? held = IsStream(request) && descriptors.Count == 0 ? Lend(descriptors) : null;
            ControlMessage answer = await requests.AnswerAsync(uid, pid, request, descriptors, stopping);
            if (held is not null && descriptors.Count == 0) { Held = held.Task; }
            limit.CancelAfter(Patience);
            await SendAsync(answer, limit.Token);
        }
        catch (OperationCanceledException)
        {
            log.Refused(uid, "it took too long");
        }
        catch (SocketException)
        {
            // The peer went away; nobody is left to be told.
        }
        catch (Exception failure)
        {
            log.Failed(uid, failure);
        }
        finally
        {
            foreach (FileDescriptor descriptor in descriptors) { descriptor.Dispose(); }
        }
    }

    /// <summary>The conversation goes on, with a session.</summary>
    private static bool IsStream(ControlMessage request) =>
        request.Head.SequenceEqual("stream"u8) || (request.Head.SequenceEqual("enter"u8) && request.Find("wants"u8) is { } wants && wants.AsSpan().SequenceEqual("stream"u8));

    /// <summary>A descriptor of the connection itself, like one that came with the request: who keeps it takes it from the list.</summary>
    private TaskCompletionSource? Lend(List<FileDescriptor> descriptors)
    {
        if (UnixSocketNative.Duplicate((int)connection.Handle) is not { } own) { return null; }
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        own.Closing = held.SetResult;
        descriptors.Add(own);
        return held;
    }

    private async Task SendAsync(ControlMessage message, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> frame = message.ToFrame().ToArray();
        while (!frame.IsEmpty) { frame = frame[await connection.SendAsync(frame, SocketFlags.None, cancellation)..]; }
    }

    /// <summary>Frames go out as fast as they are taken; sizes of the window come in, and the hang-up.</summary>
    private async Task ShowAsync(ControlMessage request, CancellationToken stopping)
    {
        using WatchedSession? watched = requests.Watch(uid, request);
        if (watched is null)
        {
            await SendAsync(requests.WatchRefusal(uid, request), stopping);
            return;
        }

        await SendAsync(new ControlMessage("ok"u8), stopping);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task listening = ListenAsync(watched, leaving);
        try
        {
            await foreach (ScreenFrame frame in watched.Frames.ReadAllAsync(leaving.Token))
            {
                await SendAsync(new ControlMessage("frame"u8).Add("bytes"u8, frame.Bytes), leaving.Token);
                watched.Taken();
            }

            await SendAsync(new ControlMessage("end"u8), leaving.Token);
        }
        catch (OperationCanceledException)
        {
            // He has left, or the broker ends: either is seen there.
        }
        finally
        {
            await leaving.CancelAsync();
            await listening;
        }
    }

    private async Task ListenAsync(WatchedSession watched, CancellationTokenSource leaving)
    {
        List<FileDescriptor> descriptors = [];
        try
        {
            while (await ReadAsync(descriptors, leaving.Token) is { } message && message.Head.SequenceEqual("size"u8)) { ControlRequests.Resize(watched, message); }
            await leaving.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The other side of the conversation is over.
        }
        catch (SocketException)
        {
            await leaving.CancelAsync();
        }
        finally
        {
            foreach (FileDescriptor descriptor in descriptors) { descriptor.Dispose(); }
        }
    }

    /// <summary>Reads length and body; null when the peer hangs up before, or says a length that no request has.</summary>
    private async Task<ControlMessage?> ReadAsync(List<FileDescriptor> descriptors, CancellationToken limit)
    {
        byte[] buffer = new byte[4];
        if (!await FillAsync(buffer, descriptors, limit)) { return null; }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length is 0 or > ControlMessage.MaxRequestLength) { return null; }
        byte[] body = new byte[length];
        return await FillAsync(body, descriptors, limit) ? ControlMessage.FromBody(body) : null;
    }

    private async Task<bool> FillAsync(Memory<byte> buffer, List<FileDescriptor> descriptors, CancellationToken limit)
    {
        while (!buffer.IsEmpty)
        {
            // Waits for readiness only: .NET's own receive would drop the descriptors.
            await connection.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, limit);
            int count = UnixSocketNative.Receive((int)connection.Handle, buffer.Span, descriptors);
            if (descriptors.Count > MaxDescriptors) { return false; }
            if (count == 0 || (count < 0 && Errno.Last is not (Errno.Again or Errno.Interrupted))) { return false; }
            buffer = buffer[Math.Max(0, count)..];
        }

        return true;
    }
}
