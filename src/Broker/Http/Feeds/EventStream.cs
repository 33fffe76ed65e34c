using System.Buffers;
using System.Text;

namespace MoshBroker.Http.Feeds;

/// <summary>One browser's Server-Sent Events (WHATWG HTML, section 9.2).</summary>
internal sealed class EventStream
{
    private readonly HttpResponse _response;
    private readonly ArrayBufferWriter<byte> _event = new(1024);

    public EventStream(HttpResponse response)
    {
        _response = response;
        response.ContentType = "text/event-stream";
    }

    /// <summary>False while part of an event may have been sent.</summary>
    public bool IsIdle => _event.WrittenCount == 0;

    /// <summary>Sends one event; the payload is one line.</summary>
    /// <param name="name">Null for the default, <c>message</c>.</param>
    public async Task SendAsync(string? name, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            _event.Write("event: "u8);
            Encoding.ASCII.GetBytes(name, _event);
            _event.Write("\n"u8);
        }

        _event.Write("data: "u8);
        _event.Write(data.Span);
        _event.Write("\n\n"u8);
        await FlushAsync(cancellationToken);
    }

    /// <summary>A comment, so that proxies and browsers see a live connection.</summary>
    public async Task BreatheAsync(CancellationToken cancellationToken)
    {
        _event.Write(":\n\n"u8);
        await FlushAsync(cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _response.Body.WriteAsync(_event.WrittenMemory, cancellationToken);
        await _response.Body.FlushAsync(cancellationToken);
        _event.ResetWrittenCount();
    }
}
