using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MoshBroker.Control;
using MoshBroker.Open.Native;

namespace MoshBroker.Open.Tests.Harness;

/// <summary>One `open` at the broker's end: its request, the terminal's master and the release pipe.</summary>
internal sealed class FakeConnection : IDisposable
{
    public const string Key = "jZ0VdqZcNnG6lYkB1C2Q9w";

    private readonly Socket _socket;
    private readonly SafeFileHandle _release;

    private FakeConnection(Socket socket, ControlMessage request, SafeFileHandle master, SafeFileHandle release)
    {
        _socket = socket;
        Request = request;
        Terminal = new MasterEnd(master);
        _release = release;
    }

    public ControlMessage Request { get; }

    public MasterEnd Terminal { get; }

    public string? Field(string name) => Request.Find(Encoding.UTF8.GetBytes(name)) is byte[] value ? Encoding.UTF8.GetString(value) : null;

    public static unsafe FakeConnection Receive(Socket socket)
    {
        // The request is small: Linux delivers it, and the descriptors with it, in one piece.
        byte[] frame = new byte[ControlMessage.MaxRequestLength];
        SocketNative.TwoDescriptors rights = default;
        nint got;
        fixed (byte* at = frame)
        {
            var vector = new SocketNative.IoVector { Base = at, Length = (nuint)frame.Length };
            var header = new SocketNative.MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = &rights,
                ControlLength = (nuint)sizeof(SocketNative.TwoDescriptors),
            };
            got = TestNative.Receive((int)socket.Handle, &header, 0);
        }

        Assert.True(got > 4, $"recvmsg: {got}, errno {Marshal.GetLastPInvokeError()}");
        Assert.Equal(SocketNative.Rights, rights.Type);
        Assert.Equal((uint)got - 4, BinaryPrimitives.ReadUInt32BigEndian(frame));
        ControlMessage request = ControlMessage.FromBody(frame.AsSpan(4, (int)got - 4));
        Assert.Equal("open"u8, request.Head);
        return new FakeConnection(socket, request, new SafeFileHandle(rights.First, true), new SafeFileHandle(rights.Second, true));
    }

    /// <summary>Answers that the session is there.</summary>
    public void Accept(params string[] warnings)
    {
        ControlMessage answer = new ControlMessage("ok"u8).Add("port"u8, "60123"u8).Add("key"u8, Encoding.ASCII.GetBytes(Key)).Add("session"u8, "s-17"u8);
        foreach (string warning in warnings) { answer.Add("warning"u8, Encoding.UTF8.GetBytes(warning)); }
        Send(answer.ToFrame());
    }

    public void Refuse(string message) => Send(new ControlMessage("error"u8).Add("message"u8, Encoding.UTF8.GetBytes(message)).ToFrame());

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void HangUp() => _socket.Dispose();

    /// <summary>What the broker does at the client's first state.</summary>
    public unsafe void Release(byte token = 0)
    {
        Assert.Equal(1, TestNative.Write((int)_release.DangerousGetHandle(), &token, 1));
    }

    /// <summary>What happens when no client comes, or the broker dies.</summary>
    public void CloseReleasePipe() => _release.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        _release.Dispose();
        Terminal.Dispose();
    }
}
