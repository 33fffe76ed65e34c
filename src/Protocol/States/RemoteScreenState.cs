using System.Buffers;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.States;

/// <summary>A server's screen as a client holds it: an emulator that is fed with diffs.</summary>
/// <remarks>
/// Every held state has a whole emulator, half-read sequences included, but unchanged rows are shared. A diff that breaks the rules kills the
/// stock client; here it is refused.
/// </remarks>
public sealed class RemoteScreenState : ISyncState<RemoteScreenState>
{
    private readonly Emulator _terminal;
    private readonly Stack<RemoteScreenState> _pool;

    /// <summary>State 0 of a client: a blank screen of its window's size.</summary>
    /// <param name="columns">1 to <see cref="Framebuffer.MaxColumns"/>.</param>
    /// <param name="rows">1 to <see cref="Framebuffer.MaxRows"/>.</param>
    public RemoteScreenState(int columns, int rows)
        : this(new Emulator(columns, rows, scrollbackRows: 0), [])
    {
    }

    private RemoteScreenState(Emulator terminal, Stack<RemoteScreenState> pool)
    {
        _terminal = terminal;
        _pool = pool;
    }

    /// <summary>Newest state of this client whose effects the screen shows.</summary>
    public ulong EchoAck { get; private set; }

    /// <summary>What a broker told besides the screen; null before it has. Another object is another message.</summary>
    public ServerNotes? Notes { get; private set; }

    /// <summary>What the server shows; valid until the state changes or is released.</summary>
    public Framebuffer Frame => _terminal.Frame;

    /// <summary>Bytes held by the screens of all states of this connection: what a peer that never lets go of its states makes grow.</summary>
    public int ByteSize => _terminal.ByteSize;

    /// <inheritdoc/>
    public RemoteScreenState Snapshot()
    {
        if (_pool.TryPop(out RemoteScreenState? copy))
            copy._terminal.CopyFrom(_terminal);
        else
            copy = new RemoteScreenState(_terminal.Clone(), _pool);
        copy.EchoAck = EchoAck;
        copy.Notes = Notes;
        return copy;
    }

    /// <inheritdoc/>
    public void Release() => _pool.Push(this);

    /// <inheritdoc/>
    public bool SameAs(RemoteScreenState other) => EchoAck == other.EchoAck && Frame.ContentEquals(other.Frame);

    /// <inheritdoc/>
    public void WriteDiff(RemoteScreenState source, IBufferWriter<byte> diff)
    {
        if (source.EchoAck != EchoAck)
            HostMessageCodec.WriteEchoAck(diff, EchoAck);
        if (source.Frame.Columns != Frame.Columns || source.Frame.Rows != Frame.Rows)
            HostMessageCodec.WriteResize(diff, Frame.Columns, Frame.Rows);

        FramePainter painter = new(Frame);
        FrameDiff.Paint(source.Frame, Frame, ref painter);
        if (painter.Length > 0)
            HostMessageCodec.WriteHostBytes(diff, painter.Written);
        painter.Dispose();
    }

    /// <inheritdoc/>
    public bool IsWellFormed(ReadOnlySpan<byte> diff)
    {
        HostMessageReader message = new(diff);
        while (message.TryNext())
        {
            // Only the form is looked at here.
        }

        return !message.IsMalformed;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Refused: what is no HostMessage, an echo-ack that decreases, a size below 1 or beyond the limits of <see cref="Framebuffer"/>, bytes that make
    /// the terminal answer.
    /// </remarks>
    public bool TryApply(ReadOnlySpan<byte> diff)
    {
        HostMessageReader message = new(diff);
        while (message.TryNext())
        {
            switch (message.Kind)
            {
                case HostInstructionKind.HostBytes:
                    _terminal.Write(message.HostBytes);
                    if (_terminal.HasReplies)
                        return false;
                    break;
                case HostInstructionKind.Resize:
                    if (!Framebuffer.IsAllowedSize(message.Columns, message.Rows))
                        return false;
                    _terminal.Resize(message.Columns, message.Rows);
                    break;
                case HostInstructionKind.EchoAck:
                    if (message.EchoAck < EchoAck)
                        return false;
                    EchoAck = message.EchoAck;
                    break;
                case HostInstructionKind.Notes:
                    Notes = ServerNotesCodec.TryRead(message.Notes) ?? Notes;
                    break;
            }
        }

        return !message.IsMalformed;
    }

    /// <inheritdoc/>
    public void ForgetBefore(RemoteScreenState oldest)
    {
        // A screen holds no history.
    }
}
