using System.Buffers;
using MoshBroker.Client.Display;
using MoshBroker.Client.Native;
using MoshBroker.Client.Prediction;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client;

/// <summary>
/// A short session with itself, whose screen nobody sees, while ssh keeps us waiting anyway: all that a real one needs is loaded and compiled by the time
/// the server is there.
/// </summary>
internal static class Rehearsal
{
    private const int Steps = 4;
    private const long StepMs = 300; // Beyond any interval between two frames.

    public static void Run(TerminalKind terminal, (int Columns, int Rows) window)
    {
        using SessionKey key = SessionKey.Generate(new SystemRandom());
        using TransportScratch scratch = new();
        TransportSetup Setup(Direction sends) => new() { Sends = sends, Key = key, Random = new SystemRandom(), Scratch = scratch };
        MonoTime now = ClientClock.Now();
        Emulator program = new(window.Columns, window.Rows, scrollbackRows: 0);
        ScreenState shown = new(program);
        UserInputState input = new();
        using Transport<UserInputState, RemoteScreenState> client = new(now, Setup(Direction.ClientToServer), input, new RemoteScreenState(window.Columns, window.Rows));
        using Transport<ScreenState, UserInputState> server = new(now, Setup(Direction.ServerToClient), shown, new UserInputState());
        PredictionEngine predictions = new(PredictionMode.Adaptive, overwrites: false);
        ClientScreen screen = new(terminal, predictions, new NotificationBar(now, ""), hasTitlePrefix: true) { Window = window };
        ArrayBufferWriter<byte> datagram = new();
        input.Resize(window.Columns, window.Rows);
        shown.Show();
        for (int step = 0; step < Steps; step++)
        {
            now = now.Plus(StepMs);
            Carry(now, client, server, datagram);
            program.Write("\e[1mline\e[m of text\r\n"u8);
            Carry(now, server, client, datagram);
            screen.Draw(now, client.Remote.Frame, client.Remote.EchoAck);
            predictions.OnLink(client.NewestSentNumber, StepMs);
            predictions.Type(now, "x"u8, screen.View!);
            input.Append("x"u8);
        }
    }

    private static void Carry<TFrom, TFromRemote, TTo, TToRemote>(
        MonoTime now, Transport<TFrom, TFromRemote> from, Transport<TTo, TToRemote> to, ArrayBufferWriter<byte> datagram)
        where TFrom : class, ISyncState<TFrom>
        where TFromRemote : class, ISyncState<TFromRemote>
        where TTo : class, ISyncState<TTo>
        where TToRemote : class, ISyncState<TToRemote>
    {
        from.OnTimeout(now);
        datagram.ResetWrittenCount();
        while (from.TryTransmit(now, datagram))
        {
            to.OnDatagram(now, datagram.WrittenSpan, congestionExperienced: false);
            datagram.ResetWrittenCount();
        }
    }
}
