namespace MoshBroker.Client;

/// <summary>What the client's exit status says (docs/client.md).</summary>
internal static class ExitStatus
{
    /// <summary>The session ended, by either side, and both know.</summary>
    public const int Clean = 0;

    /// <summary>The environment will not do: no terminal, no UTF-8 locale, a TERM that is not known, a bad key.</summary>
    public const int Unusable = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>ssh failed, or the server there did not start.</summary>
    public const int NotStarted = 3;

    /// <summary>The server never answered on its UDP port.</summary>
    public const int Unreachable = 4;

    /// <summary>The session ended, but the server did not confirm it: it may still be there.</summary>
    public const int Unclean = 5;

    /// <summary>The server broke the protocol.</summary>
    public const int Protocol = 6;

    /// <summary>A fault of the client's own.</summary>
    public const int Fault = 70;
}
