using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>Of several ways to paint the same screen, the one with the fewest bytes.</summary>
internal struct ShortestPainting
{
    private ByteSink _bytes;
    private FramePainter.Mark _end;
    private bool _any;

    /// <summary>Takes back what was written since <paramref name="start"/>, and remembers it if it is the shortest, cursor and rendition included.</summary>
    public void Offer(FramePainter.Mark start, Framebuffer to, scoped ref FramePainter painter)
    {
        painter.Rest(to.CursorRow, to.CursorColumn);
        painter.SetPen(painter.PenOf(to));
        painter.SetLink(0);
        ReadOnlySpan<byte> written = painter.Written[start.Length..];
        if (!_any || written.Length < _bytes.Length)
        {
            _bytes.Clear();
            _bytes.Add(written);
            _end = painter.Save();
            _any = true;
        }

        painter.Restore(start);
    }

    /// <summary>Writes the shortest, and is empty again.</summary>
    public void WriteTo(scoped ref FramePainter painter)
    {
        painter.Raw(_bytes.Written);
        painter.Resume(_end);
        _bytes.Dispose();
        _any = false;
    }
}
