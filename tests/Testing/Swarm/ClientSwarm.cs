using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Testing.Swarm;

/// <summary>Many clients on one thread, each with a socket and an address of its own.</summary>
public sealed class ClientSwarm : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly TransportScratch _scratch = new();
    private readonly List<SwarmClient> _clients = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _asleep;

    /// <summary>An empty swarm.</summary>
    public ClientSwarm()
    {
        _thread = new Thread(Run) { Name = "swarm", IsBackground = true };
        _thread.Start();
    }

    private MonoTime Now => new(1_000_000 + _clock.ElapsedMilliseconds);

    /// <summary>Adds a client, which speaks at once.</summary>
    public SwarmClient Join(int number, IPEndPoint server, string key, IPAddress from)
    {
        lock (_lock)
        {
            SwarmClient client = new(number, Now, server, key, from, _scratch);
            _clients.Add(client);
            return client;
        }
    }

    /// <summary>True while all lids are closed: nobody sends or hears.</summary>
    public bool IsAsleep { get => _asleep; set => _asleep = value; }

    /// <summary>Does something with clients between two of the thread's rounds.</summary>
    public T With<T>(Func<T> action)
    {
        lock (_lock) { return action(); }
    }

    /// <summary>Waits until none of the clients waits any more; false when one still does.</summary>
    public bool WaitForAll(IReadOnlyCollection<SwarmClient> clients, TimeSpan within)
    {
        long began = Stopwatch.GetTimestamp();
        while (With(() => clients.Any(client => client.IsWaiting)))
        {
            if (Stopwatch.GetElapsedTime(began) > within) { return false; }
            Thread.Sleep(5);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        foreach (SwarmClient client in _clients) { client.Dispose(); }
        _scratch.Dispose();
    }

    private void Run()
    {
        byte[] buffer = new byte[4096];
        List<Socket> readable = [];
        Dictionary<Socket, SwarmClient> owners = [];
        while (!_stopping)
        {
            if (_asleep)
            {
                Thread.Sleep(LongestWait);
                continue;
            }

            lock (_lock)
            {
                readable.Clear();
                owners.Clear();
                foreach (SwarmClient client in _clients)
                {
                    client.Flush(Now);
                    readable.Add(client.Socket);
                    owners[client.Socket] = client;
                }
            }

            if (readable.Count == 0)
            {
                Thread.Sleep(LongestWait);
                continue;
            }

            try
            {
                Socket.Select(readable, null, null, LongestWait);
            }
            catch (ObjectDisposedException)
            {
                continue; // A client moved meanwhile.
            }

            lock (_lock)
            {
                foreach (Socket socket in readable)
                {
                    if (owners[socket].Socket == socket) { owners[socket].Receive(Now, buffer); }
                }
            }
        }
    }
}
