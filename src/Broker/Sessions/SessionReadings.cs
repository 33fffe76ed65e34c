using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>Sums a session's channels up for its own metrics. From any thread.</summary>
internal static class SessionReadings
{
    public static SessionReading Of(SessionActor session, MonoTime now, DateTimeOffset wall)
    {
        TransportStatistics sum = default;
        double rtt = 0;
        MonoTime heard = MonoTime.Never;
        long roams = 0;
        long failures = 0;
        foreach (Channel channel in session.Channels)
        {
            TransportStatistics numbers = channel.Statistics;
            sum = sum with
            {
                UplinkExpected = sum.UplinkExpected + numbers.UplinkExpected,
                UplinkLost = sum.UplinkLost + numbers.UplinkLost,
                Frames = sum.Frames + numbers.Frames,
                Retransmissions = sum.Retransmissions + numbers.Retransmissions,
                BytesReceived = sum.BytesReceived + numbers.BytesReceived,
                BytesSent = sum.BytesSent + numbers.BytesSent,
            };
            if (numbers.HasRttSample) { rtt = Math.Max(rtt, numbers.SmoothedRtt / 1000); }
            heard = MonoTime.Max(heard, numbers.LastHeard);
            roams += channel.Meter.Roams;
            failures += channel.AuthFailures;
        }

        return new SessionReading
        {
            Session = session.Facts.Id,
            Tenant = session.Facts.Tenant,
            Backend = session.BackendKind == BackendKind.Pty ? "pty" : "ssh",
            RttSeconds = rtt,
            UplinkLoss = Share(sum.UplinkLost, sum.UplinkExpected),
            DownlinkRepeats = Math.Min(1, Share(sum.Retransmissions, sum.Frames)),
            LastHeardUnixSeconds = heard == MonoTime.Never ? 0 : (wall.ToUnixTimeMilliseconds() - now.Since(heard)) / 1000.0,
            Roams = roams,
            AuthFailures = failures,
            BytesReceived = (long)sum.BytesReceived,
            BytesSent = (long)sum.BytesSent,
        };
    }

    private static double Share(ulong part, ulong whole) => whole == 0 ? 0 : (double)part / whole;
}
