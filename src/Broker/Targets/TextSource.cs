using System.Text;
using MoshBroker.Backends;
using MoshBroker.Sessions;

namespace MoshBroker.Targets;

/// <summary>A session that shows a text and ends with a key.</summary>
/// <param name="text">Null for what the screen shows already.</param>
internal sealed class TextSource(string? text) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new TextBackend(text is null ? [] : Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n(any key ends)\r\n"), worker.Loop, handler);

    public void Dispose()
    {
        // Nothing is held.
    }
}
