using System.Buffers;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Testing;

/// <summary>A pair whose client holds the same kind of state as its server shows.</summary>
/// <typeparam name="TScreen">What the server shows to the client.</typeparam>
public sealed class SessionPair<TScreen>(int seed, TScreen screen, TScreen screenAtClient, ulong epoch = 1)
    : SessionPair<TScreen, TScreen>(seed, screen, screenAtClient, (shown, wanted) => shown.SameAs(wanted), epoch)
    where TScreen : class, ISyncState<TScreen>;

/// <summary>A server's and a client's end, joined by two links; time jumps from one thing that happens to the next.</summary>
/// <typeparam name="TScreen">What the server shows to the client.</typeparam>
/// <typeparam name="TShown">What the client makes of it.</typeparam>
/// <remarks>Fails if a sequence number is ever used twice.</remarks>
public class SessionPair<TScreen, TShown> : IDisposable
    where TScreen : class, ISyncState<TScreen>
    where TShown : class, ISyncState<TShown>
{
    private readonly Func<TShown, TScreen, bool> _shows;
    private readonly HashSet<ulong> _noncesSeen = [];
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private readonly SessionKey _key;

    public SessionPair(int seed, TScreen screen, TShown screenAtClient, Func<TShown, TScreen, bool> shows, ulong epoch = 1)
    {
        _shows = shows;
        Random = new SeededRandom(seed);
        _key = SessionKey.Generate(Random);
        ToServer = new SimulatedLink(Random);
        ToClient = new SimulatedLink(Random);
        Screen = screen;
        Server = new Transport<TScreen, UserInputState>(Clock.Now, Setup(Direction.ServerToClient, epoch), screen, new UserInputState());
        Client = new Transport<UserInputState, TShown>(Clock.Now, Setup(Direction.ClientToServer, 0), Input, screenAtClient);
    }

    public SeededRandom Random { get; }

    public ManualClock Clock { get; } = new();

    public TransportScratch Scratch { get; } = new();

    public SimulatedLink ToServer { get; }

    public SimulatedLink ToClient { get; }

    public Transport<TScreen, UserInputState> Server { get; set; }

    public Transport<UserInputState, TShown> Client { get; set; }

    /// <summary>The server's current state.</summary>
    public TScreen Screen { get; set; }

    /// <summary>The client's current state.</summary>
    public UserInputState Input { get; set; } = new();

    /// <summary>Called when the server has a new newest client state.</summary>
    public Action OnServerInput { get; set; } = () => { };

    /// <summary>Decides whether a datagram made by an end reaches the link: false is a send that failed.</summary>
    public Func<bool> SendSucceeds { get; set; } = () => true;

    public int DatagramsToServer { get; private set; }

    public int DatagramsToClient { get; private set; }

    public IList<TransportEvent> ServerEvents { get; } = new List<TransportEvent>();

    public IList<TransportEvent> ClientEvents { get; } = new List<TransportEvent>();

    public bool IsConverged => Server.Remote.SameAs(Input) && _shows(Client.Remote, Screen);

    public TransportSetup Setup(Direction sends, ulong epoch) => new()
    {
        Sends = sends,
        Key = _key,
        Epoch = epoch,
        Random = Random,
        Scratch = Scratch,
    };

    /// <summary>Lets both ends say what they have to say now.</summary>
    public void Transmit()
    {
        while (Next(Server))
        {
            DatagramsToClient++;
            if (SendSucceeds())
                ToClient.Send(Clock.Now, _datagram.WrittenSpan);
        }

        while (Next(Client))
        {
            DatagramsToServer++;
            if (SendSucceeds())
                ToServer.Send(Clock.Now, _datagram.WrittenSpan);
        }

        while (Server.TryReadEvent(out TransportEvent happened))
        {
            ServerEvents.Add(happened);
            if (happened.Kind == TransportEventKind.RemoteChanged)
                OnServerInput();
        }

        while (Client.TryReadEvent(out TransportEvent happened))
            ClientEvents.Add(happened);
    }

    /// <summary>Goes on to the next thing that happens, but not beyond a moment; false when nothing happens before.</summary>
    public bool Step(MonoTime limit)
    {
        Transmit();
        MonoTime next = MonoTime.Min(ToServer.NextArrival, ToClient.NextArrival);
        next = MonoTime.Min(next, Server.NextTimeout ?? MonoTime.Forever);
        next = MonoTime.Min(next, Client.NextTimeout ?? MonoTime.Forever);
        if (next > limit)
        {
            Clock.AdvanceTo(limit);
            return false;
        }

        Clock.AdvanceTo(MonoTime.Max(next, Clock.Now));
        while (ToServer.TryReceive(Clock.Now, out byte[] datagram))
            Server.OnDatagram(Clock.Now, datagram, congestionExperienced: false);
        while (ToClient.TryReceive(Clock.Now, out byte[] datagram))
            Client.OnDatagram(Clock.Now, datagram, congestionExperienced: false);
        Server.OnTimeout(Clock.Now);
        Client.OnTimeout(Clock.Now);
        Transmit();
        return true;
    }

    public void Run(long milliseconds)
    {
        MonoTime end = Clock.Now.Plus(milliseconds);
        int steps = 0;
        while (Step(end))
        {
            // An end that wants to be woken again and again without doing anything would turn for ever.
            if (++steps > 200_000 + (20 * milliseconds))
                throw new InvalidOperationException($"The ends do not come to rest (seed {Random.Seed}).");
        }

        Transmit();
    }

    /// <summary>Runs until a condition holds; false when it does not within the given time.</summary>
    public bool RunUntil(Func<bool> condition, long milliseconds)
    {
        MonoTime end = Clock.Now.Plus(milliseconds);
        while (!condition())
        {
            if (!Step(end))
                return condition();
        }

        return true;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Server.Dispose();
        Client.Dispose();
        Scratch.Dispose();
        _key.Dispose();
    }

    private bool Next<TLocal, TRemote>(Transport<TLocal, TRemote> end)
        where TLocal : class, ISyncState<TLocal>
        where TRemote : class, ISyncState<TRemote>
    {
        _datagram.ResetWrittenCount();
        if (!end.TryTransmit(Clock.Now, _datagram))
            return false;
        ulong word = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(_datagram.WrittenSpan);
        if (!_noncesSeen.Add(word))
            throw new InvalidOperationException($"A nonce was used twice (seed {Random.Seed}).");
        return true;
    }
}
