using System.Text;
using MoshBroker.Client.Display;
using MoshBroker.Client.Prediction;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Tests;

/// <summary>A client's screen whose server, network and time are the test's: keys go in, what the user sees comes out.</summary>
internal sealed class PredictionScenario
{
    private readonly Emulator _server;
    private readonly Emulator _terminal;
    private readonly PredictionEngine _engine;
    private readonly ClientScreen _screen;
    private readonly NotificationBar _bar;
    private ulong _sent = 1;
    private ulong _echoAck;

    public PredictionScenario(
        string screen = "$ ", PredictionMode mode = PredictionMode.Always, bool overwrites = false, long frameInterval = 20, int columns = 20, int rows = 5)
    {
        _server = new Emulator(columns, rows, 0);
        _terminal = new Emulator(columns, rows, 0);
        _engine = new PredictionEngine(mode, overwrites);
        _bar = new NotificationBar(Now, "");
        _screen = new ClientScreen(new TerminalKind(TerminalAbilities.All, HasTitle: true, [], []), _engine, _bar, hasTitlePrefix: true) { Window = (columns, rows) };
        FrameInterval = frameInterval;
        Server(screen);
    }

    public MonoTime Now { get; private set; } = new(1000);

    public long FrameInterval { get; set; }

    public PredictionEngine Engine => _engine;

    public NotificationBar Bar => _bar;

    /// <summary>The bytes that the last step sent to the terminal.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What the terminal shows, row by row, without blank rows at the end.</summary>
    public string Shown
    {
        get
        {
            string[] rows = [.. Enumerable.Range(0, _terminal.Frame.Rows).Select(_terminal.Frame.RowText)];
            return string.Join('\n', rows).TrimEnd('\n');
        }
    }

    public (int Row, int Column) Cursor => (_terminal.Frame.CursorRow, _terminal.Frame.CursorColumn);

    public Framebuffer Terminal => _terminal.Frame;

    /// <summary>The user types; each call is one read of the keyboard, and travels in a state of its own.</summary>
    public PredictionScenario Type(string keys)
    {
        _engine.OnLink(_sent, FrameInterval);
        _engine.Type(Now, Encoding.UTF8.GetBytes(keys), _screen.View!);
        _sent++;
        Draw();
        return this;
    }

    /// <summary>The server's program writes; nothing is acknowledged by that.</summary>
    public PredictionScenario Server(string output)
    {
        _server.Write(Encoding.UTF8.GetBytes(output));
        Draw();
        return this;
    }

    /// <summary>The server has seen everything typed so far, except for the last so many reads.</summary>
    public PredictionScenario Ack(int allBut = 0)
    {
        _echoAck = _sent - (ulong)allBut;
        Draw();
        return this;
    }

    /// <summary>The server's program writes, and everything typed is acknowledged in the same frame.</summary>
    public PredictionScenario Echo(string output)
    {
        _server.Write(Encoding.UTF8.GetBytes(output));
        return Ack();
    }

    public PredictionScenario Pass(long milliseconds)
    {
        Now = Now.Plus(milliseconds);
        Draw();
        return this;
    }

    public PredictionScenario Resize(int columns, int rows)
    {
        _server.Resize(columns, rows);
        _terminal.Resize(columns, rows);
        _screen.Window = (columns, rows);
        Draw();
        return this;
    }

    private void Draw()
    {
        _engine.OnLink(_sent, FrameInterval);
        ReadOnlySpan<byte> bytes = _screen.Draw(Now, _server.Frame, _echoAck);
        Output = Encoding.UTF8.GetString(bytes);
        _terminal.Write(bytes);
        Assert.False(_terminal.HasReplies);
    }
}
