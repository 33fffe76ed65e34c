using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Sessions;

/// <summary>How the path to a session's client was in the last hour: a sample of eight bytes for each ten seconds, in a ring that is made with the first.</summary>
/// <remarks>
/// Written at the end of the session's turns, which needs no clock of its own; read from any thread, which leaves out a sample that is being
/// written over. Of a silence the longest counts that was going on in a sample's time, of a loss the share of that time alone.
/// </remarks>
internal sealed class PathHistory
{
    public const int Length = 360;
    public const long StepMs = 10_000;

    private const double LossSteps = 200; // Half a percent each: a byte holds them, and "nothing".
    private const long SilenceUnitMs = 100;

    private long[]? _samples;
    private long _step = -1;
    private int _channel;
    private long _heardMs = MonoTime.Never.Milliseconds;
    private long _silenceMs;
    private Counts _before;

    private readonly record struct Counts(long Missing, long Arrived, ulong Again, ulong Frames)
    {
        public static Counts Of(Channel channel) =>
            new(channel.Path.Missing, channel.Path.Arrived, channel.Statistics.Retransmissions, channel.Statistics.Frames);
    }

    /// <summary>A turn is over.</summary>
    /// <param name="channel">The client that was heard last; null when nobody is there by Mosh.</param>
    public void Note(MonoTime now, Channel? channel)
    {
        if (channel is null || channel.Path.Heard == MonoTime.Never) { return; }
        long heard = channel.Path.Heard.Milliseconds;
        long step = now.Milliseconds / StepMs;
        if (channel.Id != _channel || _step < 0)
        {
            (_channel, _before, _silenceMs) = (channel.Id, Counts.Of(channel), 0);
            if (_step < 0) { (_step, _heardMs) = (step, heard); }
        }

        if (step > _step)
        {
            Counts counts = Counts.Of(channel);
            Close(channel.Statistics, counts);
            for (_step = Math.Max(_step + 1, step - Length); _step < step; _step++) { Write(_step, 0, null, null, SilenceAt(_step)); }
            (_before, _silenceMs) = (counts, 0);
        }

        if (heard > _heardMs)
        {
            _silenceMs = Math.Max(_silenceMs, heard - _heardMs);
            Volatile.Write(ref _heardMs, heard);
        }
    }

    /// <summary>The last hour up to now, the oldest first; empty before the first sample.</summary>
    /// <param name="isOver">Nobody listens any more.</param>
    public PathSample[] Read(MonoTime now, bool isOver)
    {
        if (Volatile.Read(ref _samples) is not { } samples) { return []; }
        long newest = (now.Milliseconds / StepMs) - 1;
        long written = Volatile.Read(ref _step);
        PathSample[] read = new PathSample[Length];
        for (int i = 0; i < Length; i++)
        {
            long step = newest - (Length - 1) + i;
            // While nothing happens nothing is written: that is the silence.
            read[i] = step >= written ? new PathSample(null, null, null, isOver ? null : SilenceAt(step) / 1000.0) : Unpack(step < 0 ? 0 : Volatile.Read(ref samples[step % Length]), step);
        }

        return read;
    }

    private static PathSample Unpack(long packed, long step)
    {
        if (packed == 0 || (ushort)(packed >> 48) != (ushort)step) { return default; }
        int rtt = (ushort)(packed >> 32);
        int up = (byte)(packed >> 24);
        int again = (byte)(packed >> 16);
        return new PathSample(rtt == 0 ? null : rtt - 1, ShareOf(up), ShareOf(again), ((ushort)packed - 1) * SilenceUnitMs / 1000.0);
    }

    private static double? ShareOf(int packed) => packed == 0 ? null : (packed - 1) / LossSteps;

    private static double? Share(long part, long whole) => whole <= 0 ? null : Math.Min(1, (double)part / whole);

    private static int Pack(double? share) => share is { } value ? 1 + (int)Math.Round(value * LossSteps) : 0;

    private void Close(in TransportStatistics numbers, in Counts counts)
    {
        long missing = Math.Max(0, counts.Missing - _before.Missing); // One that comes late makes up for a sample before.
        Write(
            _step,
            numbers.HasRttSample ? (int)Math.Min(ushort.MaxValue, 1 + Math.Round(numbers.SmoothedRtt)) : 0,
            Share(missing, missing + counts.Arrived - _before.Arrived),
            Share((long)(counts.Again - _before.Again), (long)(counts.Frames - _before.Frames)),
            Math.Max(_silenceMs, SilenceAt(_step)));
    }

    /// <summary>How long nothing had been heard at the end of a step, as far as is known.</summary>
    private long SilenceAt(long step) => Math.Max(0, ((step + 1) * StepMs) - Volatile.Read(ref _heardMs));

    private void Write(long step, int rtt, double? up, double? again, long silenceMs)
    {
        long silence = Math.Min(ushort.MaxValue, 1 + (silenceMs / SilenceUnitMs));
        _samples ??= new long[Length];
        Volatile.Write(ref _samples[step % Length], ((long)(ushort)step << 48) | ((long)rtt << 32) | ((long)Pack(up) << 24) | ((long)Pack(again) << 16) | silence);
    }
}
