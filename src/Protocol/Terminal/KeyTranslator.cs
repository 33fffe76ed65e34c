using System.Buffers;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Turns a client's keystrokes into what the program expects: arrow keys in the form that its cursor-key mode asks for.</summary>
/// <remarks>
/// The client's terminal is always in application mode, so arrows come as ESC O A to ESC O D. An O right after an ESC is held until the next byte,
/// which may come in a later message.
/// </remarks>
public sealed class KeyTranslator
{
    /// <summary>0: nothing; 1: an ESC was passed; 2: an O after it is held. The whole state, for a snapshot.</summary>
    internal byte State { get; set; }

    /// <summary>Appends the translated keystrokes.</summary>
    /// <param name="keys">Bytes as typed.</param>
    /// <param name="applicationCursorKeys"><see cref="Emulator.ApplicationCursorKeys"/> at this moment.</param>
    /// <param name="translated">Gets at most one byte more than <paramref name="keys"/> has.</param>
    public void Translate(ReadOnlySpan<byte> keys, bool applicationCursorKeys, IBufferWriter<byte> translated)
    {
        if (keys.IsEmpty)
            return;

        Span<byte> to = translated.GetSpan(keys.Length + 1);
        int at = 0;
        foreach (byte key in keys)
        {
            switch (State)
            {
                case 1 when key == 'O':
                    State = 2;
                    continue;
                case 2:
                    to[at++] = !applicationCursorKeys && key is >= (byte)'A' and <= (byte)'D' ? (byte)'[' : (byte)'O';
                    State = 0;
                    break;
                default:
                    State = key == 0x1b ? (byte)1 : (byte)0;
                    break;
            }

            to[at++] = key;
        }

        translated.Advance(at);
    }
}
