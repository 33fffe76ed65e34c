using System.Threading.Channels;

namespace MoshBroker.Actors;

/// <summary>Commands waiting for one actor: many writers, one reader, never full.</summary>
/// <remarks>
/// Only lifecycle and commands travel here, a few in a session's life. Datagrams and PTY output, which a hostile peer could pile up, are
/// never posted: the actor reads them itself, a bounded batch a turn, and the kernel's buffers are the bound.
/// </remarks>
internal sealed class Mailbox<TMessage>
{
    private readonly Channel<TMessage> _channel = Channel.CreateUnbounded<TMessage>(new UnboundedChannelOptions { SingleReader = true });

    public void Post(TMessage message) => _channel.Writer.TryWrite(message);

    public bool TryTake(out TMessage message) => _channel.Reader.TryRead(out message!);

    public bool IsEmpty => !_channel.Reader.TryPeek(out _);
}
