using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MoshBroker.Recording;

/// <summary>Writes asciicast v2, which any asciinema player plays: a header line, then <c>[seconds, code, data]</c> a line.</summary>
/// <remarks>
/// https://docs.asciinema.org/manual/asciicast/v2/ – codes: <c>o</c> output, <c>i</c> input, <c>r</c> resize, <c>m</c> marker. Data is text,
/// so that a character cut by a read waits for its rest, and bytes that are no UTF-8 become U+FFFD.
/// </remarks>
internal sealed class AsciicastWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new(16 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly Decoder _output = Encoding.UTF8.GetDecoder();
    private readonly Decoder _input = Encoding.UTF8.GetDecoder();
    private char[] _text = new char[4096];

    public AsciicastWriter() => _json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The lines since <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _line.WrittenMemory;

    public void Clear() => _line.ResetWrittenCount();

    public void Header(int columns, int rows, DateTimeOffset startedAt, string title)
    {
        _json.WriteStartObject();
        _json.WriteNumber("version"u8, 2);
        _json.WriteNumber("width"u8, columns);
        _json.WriteNumber("height"u8, rows);
        _json.WriteNumber("timestamp"u8, startedAt.ToUnixTimeSeconds());
        _json.WriteString("title"u8, title);
        _json.WriteEndObject();
        EndLine();
    }

    public void Output(long atMs, ReadOnlySpan<byte> bytes) => Bytes(atMs, "o"u8, _output, bytes);

    public void Input(long atMs, ReadOnlySpan<byte> bytes) => Bytes(atMs, "i"u8, _input, bytes);

    public void Resize(long atMs, int columns, int rows) => Text(atMs, "r"u8, $"{columns}x{rows}");

    public void Marker(long atMs, string label) => Text(atMs, "m"u8, label);

    public void Dispose() => _json.Dispose();

    private void Bytes(long atMs, ReadOnlySpan<byte> code, Decoder decoder, ReadOnlySpan<byte> bytes)
    {
        int most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_text.Length < most) { _text = new char[most]; }
        int count = decoder.GetChars(bytes, _text, flush: false);
        if (count > 0) { Text(atMs, code, _text.AsSpan(0, count)); }
    }

    private void Text(long atMs, ReadOnlySpan<byte> code, ReadOnlySpan<char> text)
    {
        _json.WriteStartArray();
        _json.WriteNumberValue(atMs / 1000m);
        _json.WriteStringValue(code);
        _json.WriteStringValue(text);
        _json.WriteEndArray();
        EndLine();
    }

    private void EndLine()
    {
        _json.Flush();
        _json.Reset();
        _line.Write("\n"u8);
    }
}
