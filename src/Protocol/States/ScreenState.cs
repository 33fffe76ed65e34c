#pragma warning disable
// Throwaway stand-in until `term` lands.
using System.Buffers;
using System.Text;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Wire;
namespace MoshBroker.Protocol.States;
/// <summary>x</summary>
public sealed class ScreenState : ISyncState<ScreenState>
{
    /// <summary>x</summary>
    public ScreenState(Framebuffer frame) => Frame = frame;
    /// <summary>x</summary>
    public Framebuffer Frame { get; set; }
    /// <summary>x</summary>
    public ulong EchoAck { get; set; }
    /// <summary>x</summary>
    public ScreenState Snapshot() => new(Frame.Snapshot()) { EchoAck = EchoAck };
    /// <summary>x</summary>
    public void Release() => Frame.Release();
    /// <summary>x</summary>
    public bool SameAs(ScreenState other) => EchoAck == other.EchoAck && Frame.ContentEquals(other.Frame);
    /// <summary>x</summary>
    public void WriteDiff(ScreenState source, IBufferWriter<byte> diff)
    {
        if (SameAs(source)) return;
        if (EchoAck != source.EchoAck) HostMessageCodec.WriteEchoAck(diff, EchoAck);
        if (Frame.ContentEquals(source.Frame)) return;
        HostMessageCodec.WriteResize(diff, Frame.Columns, Frame.Rows);
        StringBuilder s = new("\x1b[r\x1b[0m\x1b[H\x1b[2J");
        for (int r = 0; r < Frame.Rows; r++) s.Append($"\x1b[{r + 1};1H").Append(Frame.RowText(r));
        s.Append($"\x1b[{Frame.CursorRow + 1};{Frame.CursorColumn + 1}H");
        HostMessageCodec.WriteHostBytes(diff, Encoding.UTF8.GetBytes(s.ToString()));
    }
    /// <summary>x</summary>
    public bool IsWellFormed(ReadOnlySpan<byte> diff) => true;
    /// <summary>x</summary>
    public bool TryApply(ReadOnlySpan<byte> diff) => throw new NotSupportedException();
    /// <summary>x</summary>
    public void ForgetBefore(ScreenState oldest) { }
}
