using MoshBroker.Protocol;

namespace MoshBroker.Client.Prediction;

/// <summary>Whether the server's echo is slow enough to be felt, by the send interval and by keys that stay unanswered. With hysteresis: it does not flap.</summary>
internal sealed class LinkSpeed
{
    private const long SlowAbove = 30;
    private const long FastUpTo = 20;
    private const long UnderlineAbove = 80;
    private const long NoUnderlineUpTo = 50;
    private const long GlitchAge = 250;
    private const long LongGlitchAge = 5000;
    private const long RepairEvery = 150;
    private const int Glitch = 10;
    private const int LongGlitch = 20;

    private MonoTime _lastRepair = MonoTime.Never;

    /// <summary>Echo is slow enough to be felt.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>So slow that what is not confirmed should be told from what is.</summary>
    public bool Underlines { get; private set; }

    /// <summary>Above 0 while a key stayed unanswered lately.</summary>
    public int Glitches { get; private set; }

    /// <param name="frameInterval">Half the round trip, 20 to 250 ms.</param>
    /// <param name="isAnyActive">True while predictions are pending: the display must not change under them.</param>
    public void Update(long frameInterval, bool isAnyActive)
    {
        if (frameInterval > SlowAbove)
            IsSlow = true;
        else if (frameInterval <= FastUpTo && !isAnyActive)
            IsSlow = false;

        if (frameInterval > UnderlineAbove)
            Underlines = true;
        else if (frameInterval <= NoUnderlineUpTo)
            Underlines = false;
        if (Glitches > Glitch)
            Underlines = true;
    }

    public void OnPending(long age)
    {
        if (age >= LongGlitchAge)
            Glitches = LongGlitch;
        else if (age >= GlitchAge)
            Glitches = Math.Max(Glitches, Glitch);
    }

    public void OnRight(MonoTime now, long age)
    {
        if (age >= GlitchAge || Glitches == 0 || now.Since(_lastRepair) < RepairEvery)
            return;
        Glitches--;
        _lastRepair = now;
    }
}
