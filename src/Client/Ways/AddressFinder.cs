using MoshBroker.Client.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Client.Ways;

/// <summary>Looks names up while nothing is heard, on a thread of its own: a resolver may take its time, and the session must not.</summary>
internal sealed class AddressFinder
{
    private const long FirstAfter = 400;
    private const long Every = 30_000;

    private readonly IReadOnlyList<string> _names;
    private readonly string _port;
    private List<byte[]>? _found;
    private MonoTime _next;
    private int _isLooking;

    /// <param name="now">The begin of the session.</param>
    /// <param name="names">Hosts that may be the server's.</param>
    /// <param name="port">Its UDP port.</param>
    public AddressFinder(MonoTime now, IReadOnlyList<string> names, int port)
    {
        _names = names;
        _port = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _next = names.Count == 0 ? MonoTime.Forever : now.Plus(FirstAfter);
    }

    /// <summary>When <see cref="Step"/> has something to do, while nothing is heard.</summary>
    public MonoTime Next => _next;

    /// <summary>Begins to look, if it is time and nothing is heard.</summary>
    public void Step(MonoTime now, bool isSilent)
    {
        if (!isSilent || now < _next || Interlocked.Exchange(ref _isLooking, 1) != 0) { return; }
        _next = now.Plus(Every);
        new Thread(Look) { IsBackground = true, Name = "names" }.Start();
    }

    /// <summary>What was found since the last call: sockaddrs; null for nothing.</summary>
    public List<byte[]>? Take() => Interlocked.Exchange(ref _found, null);

    private void Look()
    {
        List<byte[]> found = [];
        foreach (string name in _names) { found.AddRange(SocketNative.Resolve(name, _port, out _)); }
        Volatile.Write(ref _found, found);
        Volatile.Write(ref _isLooking, 0);
    }
}
