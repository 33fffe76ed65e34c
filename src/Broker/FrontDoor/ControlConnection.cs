using System.Buffers.Binary;
using System.Net.Sockets;
using MoshBroker.Control;
using MoshBroker.Native;

namespace MoshBroker.FrontDoor;

/// <summary>One connection to the control socket: one request, one answer.</summary>
internal sealed class ControlConnection(Socket connection, uint uid, int pid, ControlRequests requests, ControlLog log)
{
    /// <summary>How long a peer may take over his request, and over reading the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // More than a request has; a peer who sends some with every byte must not use up ours.
    private const int MaxDescriptors = 16;

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

            ControlMessage answer = await requests.AnswerAsync(uid, pid, request, descriptors, stopping);
            limit.CancelAfter(Patience);
            ReadOnlyMemory<byte> frame = answer.ToFrame().ToArray();
            while (!frame.IsEmpty) { frame = frame[await connection.SendAsync(frame, SocketFlags.None, limit.Token)..]; }
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
