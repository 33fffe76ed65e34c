using System.Text;

namespace MoshBroker.FdStore;

/// <summary>Serves one broker, or two while one hands over to the next, and goes when nobody needs it any more.</summary>
/// <remarks>
/// A message is an operation and names, each ended by a zero; descriptors come along in the order of the names.
/// <code>'P' names: keep these | 'D' names: close these | 'G': tell all, as 'I' messages and an 'E' | 'Q': close all and end</code>
/// </remarks>
internal sealed unsafe class StoreLoop(int listener, byte[] path, HeldDescriptors held)
{
    private const int MostDescriptors = 16; // In one message.
    private const int MessageLength = 4096;
    private const int ControlLength = 16 + (MostDescriptors * sizeof(int));
    private const int CheckMs = 1000;
    private const int EmptyLimit = 60; // Checks without a broker and with nothing to hold.
    private const int OrphanLimit = 900; // Checks without a broker: then none will come, and the programs are hung up on.

    private readonly List<int> _brokers = [];
    private readonly byte[] _message = new byte[MessageLength];
    private int _checksAlone;
    private bool _ends;

    public int Run()
    {
        StoreNative.PollEntry* entries = stackalloc StoreNative.PollEntry[8];
        while (!_ends)
        {
            int count = 0;
            entries[count++] = new StoreNative.PollEntry { Descriptor = listener, Events = StoreNative.PollIn };
            foreach (int broker in _brokers) { entries[count++] = new StoreNative.PollEntry { Descriptor = broker, Events = StoreNative.PollIn }; }
            int ready = StoreNative.Poll(entries, (nuint)count, _brokers.Count == 0 ? CheckMs : -1);
            if (ready == 0) { CheckAlone(); }
            if (ready <= 0) { continue; }
            for (int i = count - 1; i > 0; i--)
            {
                if (entries[i].Happened != 0) { Serve(entries[i].Descriptor); }
            }

            if (entries[0].Happened != 0) { Welcome(); }
        }

        return 0;
    }

    private void CheckAlone()
    {
        // A data folder that was removed has no broker to come.
        _checksAlone++;
        _ends = _checksAlone >= (held.Count == 0 ? EmptyLimit : OrphanLimit) || !StoreNative.Exists(path);
    }

    private void Welcome()
    {
        int broker = StoreNative.Accept(listener);
        if (broker < 0) { return; }
        if (_brokers.Count == 6 || !StoreNative.IsOurs(broker))
        {
            _ = StoreNative.Close(broker);
            return;
        }

        _brokers.Add(broker);
        _checksAlone = 0;
    }

    private void Serve(int broker)
    {
        byte* control = stackalloc byte[ControlLength];
        int* descriptors = (int*)(control + 16);
        int came = 0;
        nint length;
        fixed (byte* at = _message)
        {
            StoreNative.IoVector part = new() { Base = at, Length = MessageLength };
            StoreNative.MessageHeader message = new() { Vectors = &part, VectorCount = 1, Control = control, ControlLength = ControlLength };
            length = StoreNative.Receive(broker, &message, StoreNative.DontWait | StoreNative.CloseOnExec);
            StoreNative.ControlHeader* header = (StoreNative.ControlHeader*)control;
            if (length > 0 && message.ControlLength >= 16 && header->Level == StoreNative.SocketLevel && header->Type == StoreNative.Rights)
            {
                came = (int)((header->Length - 16) / sizeof(int));
            }
        }

        if (length <= 0)
        {
            _ = StoreNative.Close(broker);
            _brokers.Remove(broker);
            return;
        }

        int used = Obey(broker, _message.AsSpan(0, (int)length), new ReadOnlySpan<int>(descriptors, came));
        for (int i = used; i < came; i++) { _ = StoreNative.Close(descriptors[i]); }
    }

    /// <summary>How many of the descriptors are kept.</summary>
    private int Obey(int broker, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        int used = 0;
        ReadOnlySpan<byte> names = message[1..];
        switch ((char)message[0])
        {
            case 'P':
                while (used < descriptors.Length && TryTake(ref names, out string name)) { held.Put(name, descriptors[used++]); }
                break;
            case 'D':
                while (TryTake(ref names, out string name)) { held.Drop(name); }
                break;
            case 'G':
                TellAll(broker);
                break;
            case 'Q':
                _ends = true;
                break;
        }

        return used;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> names, out string name)
    {
        int end = names.IndexOf((byte)0);
        name = end < 0 ? "" : Encoding.UTF8.GetString(names[..end]);
        if (end >= 0) { names = names[(end + 1)..]; }
        return end >= 0;
    }

    private void TellAll(int broker)
    {
        byte* control = stackalloc byte[ControlLength];
        int* descriptors = (int*)(control + 16);
        byte[] text = new byte[MessageLength];
        text[0] = (byte)'I';
        int length = 1;
        int count = 0;
        foreach ((string name, int descriptor) in held.All)
        {
            int bytes = Encoding.UTF8.GetByteCount(name) + 1;
            if (count == MostDescriptors || length + bytes > MessageLength)
            {
                Tell(broker, text.AsSpan(0, length), control, count);
                (length, count) = (1, 0);
            }

            Encoding.UTF8.GetBytes(name, text.AsSpan(length));
            text[length + bytes - 1] = 0;
            length += bytes;
            descriptors[count++] = descriptor;
        }

        if (count > 0) { Tell(broker, text.AsSpan(0, length), control, count); }
        Tell(broker, "E"u8, control, 0);
    }

    private static void Tell(int broker, ReadOnlySpan<byte> text, byte* control, int count)
    {
        fixed (byte* at = text)
        {
            StoreNative.IoVector part = new() { Base = at, Length = (nuint)text.Length };
            StoreNative.MessageHeader message = new() { Vectors = &part, VectorCount = 1 };
            if (count > 0)
            {
                *(StoreNative.ControlHeader*)control = new() { Length = (nuint)(16 + (count * sizeof(int))), Level = StoreNative.SocketLevel, Type = StoreNative.Rights };
                message.Control = control;
                message.ControlLength = (nuint)((16 + (count * sizeof(int)) + 7) & ~7);
            }

            // It waits for a broker that reads slowly; one that died in between makes it fail, and its next message is its end.
            _ = StoreNative.Send(broker, &message, StoreNative.NoSignal);
        }
    }
}
