using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Control;
using MoshBroker.Testing;

namespace MoshBroker.Broker.Tests.Commands;

/// <summary>A control socket that gives one answer, and keeps the request it got.</summary>
internal sealed class ScriptedBroker : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task<string> _request;

    public ScriptedBroker(string head, string name, string value)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _request = AnswerAsync(Encoding.UTF8.GetBytes(head), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
    }

    public string Path => $"{_folder.Path}/broker.sock";

    /// <summary>The body of the request.</summary>
    public Task<string> Request => _request.WaitAsync(TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    private async Task<string> AnswerAsync(byte[] head, byte[] name, byte[] value)
    {
        using Socket socket = await _listener.AcceptAsync();
        await using NetworkStream stream = new(socket);
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length);
        byte[] body = new byte[BinaryPrimitives.ReadUInt32BigEndian(length)];
        await stream.ReadExactlyAsync(body);
        await stream.WriteAsync(new ControlMessage(head).Add(name, value).ToFrame().ToArray());
        return Encoding.UTF8.GetString(body);
    }
}
