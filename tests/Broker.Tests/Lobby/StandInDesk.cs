using MoshBroker.Lobby;
using MoshBroker.Targets;

namespace MoshBroker.Broker.Tests.Lobby;

/// <summary>A desk that answers at once, as it is told.</summary>
internal sealed class StandInDesk : ILobbyDesk
{
    public string Title => "ann@acme";

    public IReadOnlyList<MenuItem>? Items { get; set; } = [MenuStage.Target("db-1"), MenuStage.Target("web-1")];

    /// <summary>The answer to the next choice; null to let him in.</summary>
    public string? Refusal { get; set; }

    /// <summary>What goes wrong at the desk; null for nothing.</summary>
    public Exception? Fault { get; set; }

    public List<string> Chosen { get; } = [];

    public int Returns { get; private set; }

    public Task<IReadOnlyList<MenuItem>?> LookAsync() => Fault is { } fault ? Task.FromException<IReadOnlyList<MenuItem>?>(fault) : Task.FromResult(Items);

    public Task<LobbyAnswer> ChooseAsync(string session, MenuItem item)
    {
        Chosen.Add(item.Id);
        if (Fault is not null) { throw Fault; }
        return Task.FromResult<LobbyAnswer>(Refusal is { } line ? new LobbyAnswer.Refused(line) : new LobbyAnswer.Enter(new TextSource("")));
    }

    public void Return(string session) => Returns++;
}
