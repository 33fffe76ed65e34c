using System.Buffers;

namespace MoshBroker.Protocol.StateSync;

/// <summary>What a transport synchronises: an object whose numbered versions are sent as diffs from one to another.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <remarks>
/// The sender keeps one <em>current</em> state, which its owner changes in place, and a <see cref="Snapshot"/> per state sent.
/// The receiver keeps a snapshot per state held. Nothing here may allocate in the steady state: snapshots come from, and return
/// by <see cref="Release"/> to, a pool that the implementation owns.
/// </remarks>
public interface ISyncState<TSelf>
    where TSelf : class, ISyncState<TSelf>
{
    /// <summary>An independent copy of the present content, which later changes to this one leave alone.</summary>
    TSelf Snapshot();

    /// <summary>Gives a snapshot back; it must not be used afterwards.</summary>
    void Release();

    /// <summary>True when the peer could not tell the two apart: <see cref="WriteDiff"/> between them is empty.</summary>
    bool SameAs(TSelf other);

    /// <summary>Appends the serialised message that turns <paramref name="source"/> into this state; nothing when they are the same.</summary>
    void WriteDiff(TSelf source, IBufferWriter<byte> diff);

    /// <summary>
    /// Appends a message, not an empty one, that applied to this state changes nothing: a peer answers it sooner than an empty diff. Nothing where
    /// there is no such message.
    /// </summary>
    void WriteIdleDiff(IBufferWriter<byte> diff)
    {
        // Most states have none.
    }

    /// <summary>False when a diff is not the message it ought to be: then it is dropped and the session goes on. Changes nothing.</summary>
    bool IsWellFormed(ReadOnlySpan<byte> diff) => true;

    /// <summary>Applies a diff that a peer sent; false when it breaks the protocol, after which this state must not be used.</summary>
    bool TryApply(ReadOnlySpan<byte> diff);

    /// <summary>
    /// Says that <paramref name="oldest"/> is now the oldest state that either end can name, so that content common to it and every later
    /// state need not be kept. Local bookkeeping: never visible on the wire.
    /// </summary>
    void ForgetBefore(TSelf oldest);

    /// <summary>
    /// True when this state, as received under a higher number, may follow <paramref name="older"/>; where states only ever grow, false when it does
    /// not extend it, which breaks the protocol.
    /// </summary>
    bool CanFollow(TSelf older) => true;

    /// <summary>Appends the content, for the snapshot of a transport.</summary>
    void WriteContent(IBufferWriter<byte> content) => throw new NotSupportedException();

    /// <summary>
    /// As <see cref="WriteContent"/>, but cheap enough for every turn: of what the peer surely holds, and which can be said anew, no more is written than
    /// that it is not known.
    /// </summary>
    void WriteStub(IBufferWriter<byte> content) => WriteContent(content);

    /// <summary>
    /// Replaces the content of this object, a snapshot that nobody else uses, by what <see cref="WriteContent"/> wrote; false when it is no such thing,
    /// after which this state must not be used.
    /// </summary>
    bool TryReadContent(ReadOnlySpan<byte> content) => throw new NotSupportedException();

    /// <summary>
    /// Called on the current state when a transport is restored: the peer holds <paramref name="acknowledged"/>, made of a snapshot, and what this state owes to
    /// it must hold again.
    /// </summary>
    void GoOnFrom(TSelf acknowledged)
    {
        // Most states are nothing but their content.
    }
}
