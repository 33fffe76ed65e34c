using MoshBroker.Sessions;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>Remembers what was asked for.</summary>
internal sealed class StandInActions : ISessionActions
{
    public List<string> Done { get; } = [];

    public bool Close(string id, string by) => Note($"close {id} by {by}");

    public bool Lock(string id, string by) => Note($"lock {id} by {by}");

    public bool Unlock(string id, string by) => Note($"unlock {id} by {by}");

    public bool Say(string id, string by, string line) => Note($"say {id} by {by}: {line}");

    public bool Detach(string id, string by, int channel) => Note($"detach {channel} of {id} by {by}");

    public ScreenTap? Watch(string id, string by) => null;

    public void Taken(string id) => Note($"taken {id}");

    public void Unwatch(string id, ScreenTap tap) => tap.Dispose();

    private bool Note(string what)
    {
        Done.Add(what);
        return true;
    }
}
