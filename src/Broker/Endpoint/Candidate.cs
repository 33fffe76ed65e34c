using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>A channel behind a shared port, as the search for a datagram's owner knows it.</summary>
internal abstract class Candidate
{
    protected Candidate()
    {
        Current = new AddressNode(this);
        Previous = new AddressNode(this);
    }

    /// <summary>One more than the highest number of an authentic datagram; 0 before the first. The <see cref="NumberIndex"/>'s to write.</summary>
    public ulong NextExpected { get; set; }

    /// <summary>Place in the <see cref="NumberIndex"/>; -1 when it is not in there.</summary>
    public int Rank { get; set; } = -1;

    /// <summary>The channel has ended, and only its tombstone is left. The <see cref="SessionFinder"/>'s to write.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Where the newest authentic datagram came from.</summary>
    public AddressNode Current { get; private set; }

    /// <summary>Where the client was before: what was under way from there when it moved still finds its session.</summary>
    public AddressNode Previous { get; private set; }

    /// <summary>The search that tried this last, so that no search tries it twice.</summary>
    public ulong TriedBy { get; set; }

    /// <summary>When finding this was last free of charge.</summary>
    public MonoTime RefundedAt { get; set; } = MonoTime.Never;

    /// <summary>True when the datagram was made by this channel's client.</summary>
    public abstract bool IsAuthor(ReadOnlySpan<byte> datagram);

    /// <summary>False for a source from which not even the right key counts.</summary>
    public virtual bool MayBeAt(in UdpAddress source) => true;

    /// <summary>The older of both addresses is to be written over next.</summary>
    public void SwapAddresses() => (Current, Previous) = (Previous, Current);
}
