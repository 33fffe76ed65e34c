using System.Buffers;
using System.Text.Json;
using MoshBroker.Client.Native;
using MoshBroker.Client.Prediction;
using MoshBroker.Client.Ways;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Client;

/// <summary>One JSON line a second about the connection, to a file or to a descriptor that the caller opened: never to the screen.</summary>
internal sealed class StatsWriter : IDisposable
{
    private const long Every = 1000;
    private const int AppendFlags = 0x1 | 0x40 | 0x400 | FileNative.CloseOnExec; // O_WRONLY | O_CREAT | O_APPEND

    private readonly int _descriptor;
    private readonly MonoTime _start;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;
    private bool _isBroken;

    private StatsWriter(int descriptor, MonoTime now)
    {
        _descriptor = descriptor;
        _start = now;
        Next = now.Plus(Every);
        _json = new Utf8JsonWriter(_line);
    }

    /// <summary>When the next line is due.</summary>
    public MonoTime Next { get; private set; }

    /// <summary>Opens what --stats names, a path or fd:N; null with a line for the user when it can't be written.</summary>
    public static StatsWriter? Open(string target, MonoTime now, out string error)
    {
        error = "";
        if (target.StartsWith("fd:", StringComparison.Ordinal))
        {
            bool isOpen = int.TryParse(target.AsSpan(3), out int descriptor) && descriptor > 2 && FileNative.Control(descriptor, 1, 0) >= 0; // F_GETFD
            error = $"--stats={target}: no such descriptor above 2 is open; open it like 3>FILE and say --stats=fd:3";
            return isOpen ? new StatsWriter(descriptor, now) : null;
        }

        int file = FileNative.Open(target, AppendFlags, 0b110_000_000);
        if (file >= 0) { return new StatsWriter(file, now); }
        error = $"--stats={target}: {FileNative.DescribeError(System.Runtime.InteropServices.Marshal.GetLastPInvokeError())}";
        return null;
    }

    public void Write(MonoTime now, in TransportStatistics link, PredictionEngine predictions, MonoTime serverHeard, ServerWays ways)
    {
        while (Next <= now) { Next = Next.Plus(Every); }
        if (_isBroken) { return; }
        _line.ResetWrittenCount();
        _json.Reset(_line);
        PredictionCounts counts = predictions.Counts;
        _json.WriteStartObject();
        _json.WriteNumber("t", now.Since(_start) / 1000.0);
        if (link.HasRttSample)
        {
            _json.WriteNumber("rtt_ms", Math.Round(link.SmoothedRtt, 1));
            _json.WriteNumber("rtt_var_ms", Math.Round(link.RttVariation, 1));
        }

        _json.WriteNumber("silent_ms", now.Since(serverHeard));
        _json.WriteNumber("unanswered_ms", now.Since(link.LastRoundTripSentAt));
        _json.WriteNumber("sent", link.DatagramsSent);
        _json.WriteNumber("sent_bytes", link.BytesSent);
        _json.WriteNumber("received", link.AuthenticReceived);
        _json.WriteNumber("received_bytes", link.BytesReceived);
        _json.WriteNumber("expected", link.UplinkExpected);
        _json.WriteNumber("lost", link.UplinkLost + link.UplinkOutage);
        _json.WriteNumber("reordered", link.Reordered);
        _json.WriteNumber("retransmissions", link.Retransmissions);
        _json.WriteNumber("hops", ways.Udp.Hops);
        _json.WriteBoolean("through_ssh", ways.UsesStream);
        _json.WriteNumber("keys", counts.Keys);
        _json.WriteNumber("predicted", counts.Shown);
        _json.WriteNumber("right", counts.Right);
        _json.WriteNumber("wrong_shown", counts.WrongShown);
        _json.WriteNumber("wrong_hidden", counts.WrongHidden);
        _json.WriteBoolean("showing", predictions.IsShowing);
        _json.WriteEndObject();
        _json.Flush();
        _line.GetSpan(1)[0] = (byte)'\n';
        _line.Advance(1);
        // Whoever reads it may go away; the session goes on.
        _isBroken = !FileNative.TryWriteAll(_descriptor, _line.WrittenSpan);
    }

    public void Dispose()
    {
        _json.Dispose();
        _ = FileNative.Close(_descriptor);
    }
}
