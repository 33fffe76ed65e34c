using System.Security.Cryptography;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>Which dropped datagrams are worth a line: a network's first in a while, and few lines a minute in all. Of fixed size; from any thread.</summary>
internal sealed class DropSample
{
    /// <summary>A network is not told again for so long.</summary>
    public const long QuietMs = 600_000;

    /// <summary>Invented sources are new with every datagram: they must not become a flood of lines.</summary>
    public const int LinesPerMinute = 8;

    private const int Places = 256;
    private const long MinuteMs = 60_000;

    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly (ulong Network, MonoTime Until)[] _told = new (ulong, MonoTime)[Places];
    private readonly Lock _lock = new();
    private MonoTime _minute = MonoTime.Never;
    private int _lines;
    private long _untold;

    /// <summary>True when this drop is to be told, and how many others there were since the last one that was.</summary>
    public bool IsWorthALine(MonoTime now, ulong network, out long others)
    {
        lock (_lock)
        {
            others = _untold;
            ref (ulong Network, MonoTime Until) place = ref _told[KeyedHash.Of(network, _seed) % Places];
            if (now.Since(_minute) >= MinuteMs) { (_minute, _lines) = (now, 0); }
            if ((place.Network == network && now < place.Until) || _lines >= LinesPerMinute)
            {
                _untold++;
                return false;
            }

            place = (network, now.Plus(QuietMs));
            _lines++;
            _untold = 0;
            return true;
        }
    }
}
