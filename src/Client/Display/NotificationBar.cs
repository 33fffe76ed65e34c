using System.Text;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Display;

/// <summary>The blue bar over the first row: messages of the client's own, and how long the server has been silent. Pure; the time is an argument.</summary>
internal sealed class NotificationBar
{
    /// <summary>A server that brought no new state for longer is late: it sends one every 3 s, in ms.</summary>
    public const long ServerLateAfter = 6500;

    /// <summary>The same for the acknowledgement of what we sent, in ms.</summary>
    public const long ReplyLateAfter = 10_000;

    private const long OrdinaryLife = 1000;
    private const long NetworkErrorLife = 3100;
    private const int MaxLength = 127;
    private const string Prefix = "mosh: ";

    private readonly string _quitHint;
    private MonoTime _serverHeard;
    private MonoTime _replySentAt;
    private string _message = "";
    private MonoTime _messageEnds = MonoTime.Never;
    private bool _isNetworkError;
    private bool _hidesHint;

    public NotificationBar(MonoTime now, string quitHint)
    {
        _serverHeard = now;
        _replySentAt = now;
        _quitHint = quitHint;
    }

    /// <summary>A new server state came.</summary>
    public void OnServerHeard(MonoTime at) => _serverHeard = at;

    /// <summary>When the newest acknowledged state of ours was sent.</summary>
    public void OnReply(MonoTime sentAt) => _replySentAt = sentAt;

    /// <summary>Shows a message for a second, or for good.</summary>
    public void Show(MonoTime now, string message, bool isPermanent = false, bool hidesHint = false, long life = OrdinaryLife)
    {
        _message = message;
        _messageEnds = isPermanent ? MonoTime.Forever : now.Plus(life);
        _isNetworkError = false;
        _hidesHint = hidesHint;
    }

    /// <summary>Something goes wrong on the network: shown a little longer, and a second more once it goes well again.</summary>
    public void ShowNetworkError(MonoTime now, string message)
    {
        if (_messageEnds == MonoTime.Forever) { return; }
        Show(now, message);
        _messageEnds = now.Plus(NetworkErrorLife);
        _isNetworkError = true;
    }

    public void OnNetworkWell(MonoTime now)
    {
        if (_isNetworkError) { _messageEnds = MonoTime.Min(_messageEnds, now.Plus(OrdinaryLife)); }
    }

    public void Clear()
    {
        _message = "";
        _messageEnds = MonoTime.Never;
    }

    /// <summary>What the bar says now; empty when there is none.</summary>
    public string TextAt(MonoTime now)
    {
        string message = now < _messageEnds ? _message : "";
        bool isServerLate = now.Since(_serverHeard) > ServerLateAfter;
        bool isReplyLate = now.Since(_replySentAt) > ReplyLateAfter;
        if (message.Length == 0 && !isServerLate && !isReplyLate) { return ""; }

        bool isOnlyReply = isReplyLate && !isServerLate;
        long seconds = now.Since(isOnlyReply ? _replySentAt : _serverHeard) / 1000;
        string hint = _hidesHint && message.Length > 0 ? "" : _quitHint;
        string text = (message.Length > 0, isServerLate || isReplyLate) switch
        {
            (false, _) => $"{Prefix}Last {(isOnlyReply ? "reply" : "contact")} {Duration(seconds, " seconds")} ago.{hint}",
            (true, false) => Prefix + message + hint,
            _ => $"{Prefix}{message} ({Duration(seconds, " s")} without {(isOnlyReply ? "reply" : "contact")}.){hint}",
        };
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    /// <summary>When what it says changes by itself.</summary>
    public MonoTime NextChange(MonoTime now)
    {
        MonoTime late = MonoTime.Min(NextOf(now, _serverHeard, ServerLateAfter), NextOf(now, _replySentAt, ReplyLateAfter));
        return now < _messageEnds ? MonoTime.Min(late, _messageEnds) : late;
    }

    /// <summary>Draws a text of the bar's over the first row of a frame that nobody else writes to; nothing for an empty one.</summary>
    public static void DrawOn(Framebuffer frame, string text)
    {
        if (text.Length == 0) { return; }
        FrameEditor editor = new(frame);
        Rendition blue = new(Color.Palette(7), Color.Palette(4), CellFlags.None);
        Rendition bold = blue with { Attributes = CellFlags.Bold };
        int column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int width = CharacterWidth.Of(rune.Value);
            if (width < 1) { continue; }
            if (column + width > frame.Columns) { break; }
            editor.Put(0, column, Cell.Of(rune.Value, bold));
            if (width == 2) { editor.Put(0, column + 1, Cell.Empty(blue.Background)); }
            column += width;
        }

        for (; column < frame.Columns; column++) { editor.Put(0, column, Cell.Of(' ', blue)); }
        editor.EndRow(0);
        if (frame.CursorRow == 0) { editor.HideCursor(); }
    }

    /// <summary>The first moment of lateness; after it every second, and every 3 s once a minute has passed.</summary>
    private static MonoTime NextOf(MonoTime now, MonoTime since, long limit)
    {
        long age = now.Since(since);
        if (age <= limit) { return since.Plus(limit + 1); }
        long step = age > 60_000 ? 3000 : 1000;
        return since.Plus(((age / 1000) + (step / 1000)) * 1000);
    }

    private static string Duration(long seconds, string unit) => seconds switch
    {
        < 60 => seconds + unit,
        < 3600 => $"{seconds / 60}:{seconds % 60:00}",
        _ => $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}",
    };
}
