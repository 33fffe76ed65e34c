using System.Net.Sockets;

namespace MoshBroker.Open.Tests.Harness;

/// <summary>A control socket that a test answers by hand.</summary>
internal sealed class FakeBroker : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mbo");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public FakeBroker()
    {
        SocketPath = Path.Combine(_directory.FullName, "broker.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    public string SocketPath { get; }

    /// <summary>True when somebody has connected, or has tried to.</summary>
    public bool HasCaller => _listener.Poll(0, SelectMode.SelectRead);

    public FakeConnection Accept()
    {
        if (!_listener.Poll(Deadline.Generous, SelectMode.SelectRead)) { throw new TimeoutException("nobody asked the broker"); }
        return FakeConnection.Receive(_listener.Accept());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }
}
