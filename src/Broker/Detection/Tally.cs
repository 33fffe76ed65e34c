namespace MoshBroker.Detection;

/// <summary>What was seen since the last look, and what there is now.</summary>
internal sealed class Tally
{
    /// <summary>Datagrams with a wrong tag from anywhere.</summary>
    public long UnknownFailures { get; set; }

    /// <summary>From where a client is.</summary>
    public long KnownFailures { get; set; }

    /// <summary>Authentic datagrams more than 1,024 numbers behind.</summary>
    public long OldReplays { get; set; }

    public long Tripped { get; set; }

    public long SshFailures { get; set; }

    public long BudgetExhausted { get; set; }

    public long UnvalidatedSent { get; set; }

    public long UnvalidatedReceived { get; set; }

    /// <summary>Networks of failed datagrams, in five minutes, about.</summary>
    public double FailingPrefixes { get; set; }

    /// <summary>Sessions whose client is heard.</summary>
    public int Attached { get; set; }

    /// <summary>Sessions whose client has fallen silent.</summary>
    public int Silent { get; set; }

    /// <summary>Returns of clients to where they just were, by session.</summary>
    public IReadOnlyList<CountOf<string>> Flaps { get; set; } = [];

    /// <summary>Sessions begun, and those whose client never came, by tenant.</summary>
    public IReadOnlyList<TenantStarts> Starts { get; set; } = [];

    /// <summary>Uses of break-glass tokens.</summary>
    public long BrokenGlass { get; set; }

    /// <summary>Networks of failed datagrams, lately.</summary>
    public IReadOnlyList<CountOf<ulong>> FailingNetworks { get; set; } = [];

    public IReadOnlyList<CountOf<ulong>> TrippingNetworks { get; set; } = [];

    public IReadOnlyList<CountOf<ulong>> GuessingNetworks { get; set; } = [];

    /// <summary>Sessions at which datagrams failed, by where these came from.</summary>
    public IReadOnlyList<string> KnownFailureSessions { get; set; } = [];

    public IReadOnlyList<string> UnknownFailureSessions { get; set; } = [];

    public IReadOnlyList<string> OldReplaySessions { get; set; } = [];
}
