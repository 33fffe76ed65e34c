using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Recording;

/// <summary>A recording for a browser's player: what the program wrote goes through our emulator, and only frames that our own diff wrote come out.</summary>
/// <remarks>
/// A recording holds whatever a hostile program printed. Markers are passed on. Frames come at most so often: nobody sees more.
/// </remarks>
internal sealed class RecordingReplay : IDisposable
{
    private const double FrameSeconds = 0.04;
    private const int MaxColumns = 1000;
    private const int MaxRows = 1000;

    private readonly AsciicastWriter _cast = new();
    private readonly ArrayBufferWriter<byte> _diff = new(4096);
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private Emulator? _terminal;
    private Framebuffer? _shown;
    private double _shownAt = double.NegativeInfinity;
    private double _at;

    /// <summary>Reads a recording to its end, or to where it is damaged, and writes what is to be played.</summary>
    public async Task PlayAsync(Stream recording, Stream to, CancellationToken cancellation)
    {
        using StreamReader reader = new(recording, Encoding.UTF8);
        if (await reader.ReadLineAsync(cancellation) is not { } head || !TryBegin(head)) { return; }
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (!TryTake(line)) { break; }
            if (_cast.Written.Length > 0) { await SendAsync(to, cancellation); }
        }

        Show();
        await SendAsync(to, cancellation);
    }

    public void Dispose()
    {
        _shown?.Release();
        _shown = null;
        _cast.Dispose();
    }

    private static bool IsSize(int columns, int rows) => columns is > 0 and <= MaxColumns && rows is > 0 and <= MaxRows && Framebuffer.IsAllowedSize(columns, rows);

    private async Task SendAsync(Stream to, CancellationToken cancellation)
    {
        await to.WriteAsync(_cast.Written, cancellation);
        _cast.Clear();
    }

    private bool TryBegin(string line)
    {
        try
        {
            using JsonDocument head = JsonDocument.Parse(line);
            int columns = head.RootElement.GetProperty("width").GetInt32();
            int rows = head.RootElement.GetProperty("height").GetInt32();
            if (!IsSize(columns, rows)) { return false; }
            _terminal = new Emulator(columns, rows, scrollbackRows: 0);
            _cast.Header(columns, rows, DateTimeOffset.FromUnixTimeSeconds(head.RootElement.GetProperty("timestamp").GetInt64()), head.RootElement.GetProperty("title").GetString() ?? "");
            return true;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private bool TryTake(string line)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            double at = parsed.RootElement[0].GetDouble();
            string text = parsed.RootElement[2].GetString() ?? "";
            // What was on the screen before this moment is shown before it.
            if (at - _shownAt >= FrameSeconds) { Show(); }
            _at = at;
            switch (parsed.RootElement[1].GetString())
            {
                case "o":
                    _bytes.ResetWrittenCount();
                    Encoding.UTF8.GetBytes(text, _bytes);
                    _terminal!.Write(_bytes.WrittenSpan);
                    break;
                case "r":
                    string[] size = text.Split('x');
                    if (size.Length == 2 && int.TryParse(size[0], NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
                        && int.TryParse(size[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && IsSize(columns, rows))
                    {
                        Show();
                        _terminal!.Resize(columns, rows);
                        _cast.Resize(Ms(_at), columns, rows);
                        _shown?.Release();
                        _shown = null;
                        Show();
                    }

                    break;
                case "m":
                    Show();
                    _cast.Marker(Ms(_at), text);
                    break;
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private void Show()
    {
        Framebuffer now = _terminal!.Shown;
        if (_shown is not null && now.ContentEquals(_shown)) { return; }
        _diff.ResetWrittenCount();
        if (_shown is null) { FrameDiff.WriteUnknownBase(now, _diff, TerminalAbilities.Watching); }
        else { FrameDiff.Write(_shown, now, TerminalAbilities.Watching, _diff); }
        _cast.Output(Ms(_at), _diff.WrittenSpan);
        _shown?.Release();
        _shown = now.Snapshot();
        _shownAt = _at;
    }

    private static long Ms(double seconds) => (long)Math.Clamp(seconds * 1000, 0, long.MaxValue / 2.0);
}
