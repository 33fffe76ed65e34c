using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Endpoint;

/// <summary>Whose a datagram is, behind a port that many channels share: by its source, else by its clear number and the tag.</summary>
/// <remarks>
/// Nothing is allocated for a datagram, and a stranger's costs what <see cref="SourceBudget"/> allows. Numbers that nobody can have reached cost nothing,
/// and random ones are such. Not for several threads at once.
/// </remarks>
internal sealed class SessionFinder(ulong seed, DemuxStats stats)
{
    /// <summary>How far a client's number may be ahead of the last one heard: more than four days of heartbeats that all were lost.</summary>
    public const ulong Ahead = 1 << 17;

    /// <summary>How far it may be behind, from an unknown source: as deep as networks reorder.</summary>
    public const ulong Behind = 32;

    private const int TriesAtAddress = 8; // Sessions that share one relay's address; any more are found by their numbers.
    private const int LooksInNetwork = 256;

    // A number that was used long ago is either a recording's or made up, and nobody waits to be found by it.
    private const int TriesForReplay = 64;
    private static readonly BucketRule Replays = new(PerSecond: 2_000, Burst: 4_096);
    private const long RefundIntervalMs = 250; // A client that moves more often than that pays: its key must not buy unbounded work.

    private readonly AddressIndex _addresses = new(seed);
    private readonly NumberIndex _numbers = new();
    private readonly NumberIndex _ended = new();
    private readonly RecentNetworks _recent = new(seed);
    private ulong _search;
    private bool _isCutShort;
    private TokenBucket _replays;
    private Candidate? _replayed;
    private int _replayCursor;

    public SourceBudget Budget { get; } = new(seed);

    /// <summary>Channels that live.</summary>
    public int Count => _numbers.Count;

    public void Add(Candidate candidate) => NumbersOf(candidate).Add(candidate);

    /// <summary>The channel has ended: whatever may be a living one's is not tried with its key first.</summary>
    public void Retire(Candidate candidate)
    {
        if (candidate.Rank < 0 || candidate.HasEnded) { return; }
        _numbers.Remove(candidate);
        candidate.HasEnded = true;
        _ended.Add(candidate);
    }

    public void Remove(Candidate candidate)
    {
        if (candidate.Rank < 0) { return; }
        NumbersOf(candidate).Remove(candidate);
        if (_replayed == candidate) { _replayed = null; }
        _addresses.Unlink(candidate.Current);
        _addresses.Unlink(candidate.Previous);
    }

    /// <summary>True when a client is in the network, or was before its last move.</summary>
    public bool HasClientIn(ulong network) => _addresses.FirstIn(network) is not null;

    /// <summary>True when a client was there during the last day.</summary>
    public bool HadClientIn(MonoTime now, ulong network) => _recent.Contains(now, network);

    /// <summary>Whose client is, or was before its last move, where a datagram came from that proved to be nobody's; null for a stranger's.</summary>
    public Candidate? AtAddress { get; private set; }

    /// <summary>The channel whose client made the datagram; null, and the reason, when none is found.</summary>
    public Candidate? Find(MonoTime now, in UdpAddress source, ReadOnlySpan<byte> datagram, out DropReason reason)
    {
        AtAddress = null;
        reason = Refusal(datagram, out ulong number);
        if (reason != DropReason.None) { return null; }
        _search++;
        AddressNode? atAddress = _addresses.FirstAt(source);
        bool isKnown = atAddress is not null;
        if ((TryAddress(atAddress, datagram, haveEnded: false) ?? TryAddress(atAddress, datagram, haveEnded: true)) is { } there)
        {
            stats.AddressHits++;
            return Found(now, source, there, number, ref reason);
        }

        if (isKnown) { stats.AddressMisses++; }
        Candidate? author = Search(now, source, datagram, number, out bool isPlausible);
        if (author is null && !_isCutShort) { author = SearchReplayed(now, datagram, number); }
        if (author is not null) { return Found(now, source, author, number, ref reason); }
        reason = _isCutShort ? DropReason.TrialBudget : isKnown ? DropReason.AuthFailed : DropReason.UnknownSource;
        if (_isCutShort) { stats.BudgetExhausted++; }
        else if (isPlausible) { stats.WindowMisses++; }
        AtAddress = Suspect(atAddress);
        return null;
    }

    private static DropReason Refusal(ReadOnlySpan<byte> datagram, out ulong number)
    {
        number = 0;
        if (datagram.Length < DatagramLimits.MinReceived) { return DropReason.Short; }
        if (datagram.Length > DatagramLimits.MaxReceived) { return DropReason.Oversize; }
        Nonce nonce = Nonce.Read(datagram);
        number = nonce.Sequence;
        return nonce.Direction == Direction.ClientToServer ? DropReason.None : DropReason.Direction;
    }

    private static bool IsPlausible(Candidate candidate, ulong number) => IsPlausible(candidate.NextExpected, number);

    private static bool IsPlausible(ulong expected, ulong number) => number >= expected ? number - expected <= Ahead : expected - number <= Behind;

    private static bool IsPlausibleAmong(NumberIndex numbers, ulong number, out int upTo)
    {
        upTo = numbers.CountUpTo(number);
        return (upTo > 0 && IsPlausible(numbers.NumberAt(upTo - 1), number)) || (upTo < numbers.Count && IsPlausible(numbers.NumberAt(upTo), number));
    }

    private NumberIndex NumbersOf(Candidate candidate) => candidate.HasEnded ? _ended : _numbers;

    private Candidate? TryAddress(AddressNode? node, ReadOnlySpan<byte> datagram, bool haveEnded)
    {
        for (int tries = 0; node is not null && tries < TriesAtAddress; node = AddressIndex.NextAt(node))
        {
            if (node.Owner.HasEnded != haveEnded) { continue; }
            tries++;
            if (IsAuthor(node.Owner, datagram)) { return node.Owner; }
        }

        return null;
    }

    private Candidate? Search(MonoTime now, in UdpAddress source, ReadOnlySpan<byte> datagram, ulong number, out bool isPlausible)
    {
        _isCutShort = false;
        bool mayLive = IsPlausibleAmong(_numbers, number, out int upTo);
        bool mayHaveEnded = IsPlausibleAmong(_ended, number, out int endedUpTo);
        isPlausible = mayLive || mayHaveEnded;
        if (!isPlausible) { return null; }
        AddressNode? inNetwork = _addresses.FirstIn(source.Network);
        bool isNear = inNetwork is not null || _recent.Contains(now, source.Network);
        int allowance = Budget.Allowance(now, source, isNear);
        int tries = 0;
        Candidate? author = null;
        if (mayLive)
        {
            author = TryNetwork(inNetwork, datagram, number, haveEnded: false, allowance, ref tries);
            if (author is null && !_isCutShort) { author = TryNumbers(_numbers, upTo, datagram, number, allowance, ref tries); }
        }

        if (author is null && mayHaveEnded && !_isCutShort)
        {
            author = TryNetwork(inNetwork, datagram, number, haveEnded: true, allowance, ref tries);
            if (author is null && !_isCutShort) { author = TryNumbers(_ended, endedUpTo, datagram, number, allowance, ref tries); }
        }

        if (author is null)
        {
            stats.TrialMisses += tries;
            Budget.Charge(now, source, isNear, tries);
        }
        else
        {
            stats.WindowHits++;
            stats.TrialHits++;
            stats.TrialMisses += tries - 1;
            if (now.Since(author.RefundedAt) >= RefundIntervalMs) { author.RefundedAt = now; }
            else { Budget.Charge(now, source, isNear, tries); }
        }

        if (tries > 0) { stats.CountCandidates(tries); }
        return author;
    }

    /// <summary>Who is or was in the same network moves from port to port, or comes back.</summary>
    private Candidate? TryNetwork(AddressNode? node, ReadOnlySpan<byte> datagram, ulong number, bool haveEnded, int allowance, ref int tries)
    {
        for (int looks = 0; node is not null && looks < LooksInNetwork; looks++)
        {
            Candidate candidate = node.Owner;
            if (candidate.HasEnded == haveEnded && candidate.TriedBy != _search && IsPlausible(candidate, number))
            {
                if (!MayTry(allowance, ref tries)) { return null; }
                if (IsAuthor(candidate, datagram)) { return candidate; }
            }

            node = AddressIndex.NextIn(node);
        }

        return null;
    }

    /// <summary>
    /// Who expects this very number first, then who expects a little less: few datagrams are lost in a move. Sessions whose client never came expect 0
    /// and stand in line there, the latest opened first.
    /// </summary>
    private Candidate? TryNumbers(NumberIndex numbers, int upTo, ReadOnlySpan<byte> datagram, ulong number, int allowance, ref int tries)
    {
        for (int last = upTo - 1; last >= 0 && IsPlausible(numbers.NumberAt(last), number);)
        {
            int first = numbers.FirstOf(last);
            for (int rank = first; rank <= last; rank++)
            {
                if (numbers[rank].TriedBy == _search) { continue; }
                if (!MayTry(allowance, ref tries)) { return null; }
                if (IsAuthor(numbers[rank], datagram)) { return numbers[rank]; }
            }

            last = first - 1;
        }

        for (int rank = upTo; rank < numbers.Count && IsPlausible(numbers.NumberAt(rank), number); rank++)
        {
            if (numbers[rank].TriedBy == _search) { continue; }
            if (!MayTry(allowance, ref tries)) { return null; }
            if (IsAuthor(numbers[rank], datagram)) { return numbers[rank]; }
        }

        return null;
    }

    /// <summary>
    /// Whose number was used long ago: somebody may play a recording of a living session. Who does is told to that session and counted there; found or not,
    /// nothing moves. A few keys a datagram, of a budget apart from the one that roamers are found by. Whoever was found last comes first, and the next search goes on
    /// where this one stopped, so that a recording that goes on is recognized among any number of sessions.
    /// </summary>
    private Candidate? SearchReplayed(MonoTime now, ReadOnlySpan<byte> datagram, ulong number)
    {
        if (number > ulong.MaxValue - Behind) { return null; }
        int first = _numbers.CountUpTo(number + Behind);
        int above = _numbers.Count - first;
        int allowance = (int)Math.Min(Math.Min(above, TriesForReplay), _replays.Available(now, Replays));
        if (allowance <= 0) { return null; }
        int tries = 0;
        Candidate? author = null;
        if (_replayed is { HasEnded: false } last && last.NextExpected > number + Behind && last.TriedBy != _search)
        {
            tries++;
            if (IsAuthor(last, datagram)) { author = last; }
        }

        for (int looks = 0; author is null && tries < allowance && looks < above; looks++)
        {
            _replayCursor = (_replayCursor + 1) % above;
            Candidate candidate = _numbers[first + _replayCursor];
            if (candidate.TriedBy == _search) { continue; }
            tries++;
            if (IsAuthor(candidate, datagram)) { author = candidate; }
        }

        _replays.Take(now, Replays, tries);
        if (author is null)
        {
            stats.FullMisses++;
            stats.TrialMisses += tries;
            return null;
        }

        stats.FullHits++;
        stats.TrialHits++;
        stats.TrialMisses += tries - 1;
        return _replayed = author;
    }

    /// <summary>One that lives, if there is one.</summary>
    private static Candidate? Suspect(AddressNode? first)
    {
        AddressNode? node = first;
        for (int looks = 0; node is not null && looks < TriesAtAddress; looks++, node = AddressIndex.NextAt(node))
        {
            if (!node.Owner.HasEnded) { return node.Owner; }
        }

        return first?.Owner;
    }

    private bool MayTry(int allowance, ref int tries)
    {
        _isCutShort = tries >= allowance;
        if (!_isCutShort) { tries++; }
        return !_isCutShort;
    }

    private bool IsAuthor(Candidate candidate, ReadOnlySpan<byte> datagram)
    {
        candidate.TriedBy = _search;
        return candidate.IsAuthor(datagram);
    }

    private Candidate? Found(MonoTime now, in UdpAddress source, Candidate author, ulong number, ref DropReason reason)
    {
        // Nothing is noted of it: a place that a client may not be at must not become one that is known.
        if (!author.MayBeAt(source))
        {
            reason = DropReason.Network;
            return null;
        }

        // Only a number above all seen moves the client; an older datagram may be a copy that somebody sends from where he likes.
        if (number < author.NextExpected) { return author; }
        NumbersOf(author).Raise(author, number + 1);
        if (author.Current.IsLinked && author.Current.Address == source) { return author; }
        if (author.Current.IsLinked)
        {
            stats.Moves++;
            author.SwapAddresses();
        }

        _addresses.Link(author.Current, source);
        _recent.Note(now, source.Network);
        return author;
    }
}
