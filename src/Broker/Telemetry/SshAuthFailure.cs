namespace MoshBroker.Telemetry;

/// <summary>Why a login failed.</summary>
internal enum SshAuthFailure
{
    /// <summary>A key that is not known here, too weak, or not proved; or a method that is not offered.</summary>
    BadKey,

    /// <summary>A certificate, or a user, whose time is over or has not begun.</summary>
    Expired,

    Revoked,

    /// <summary>Another login name than the front door's, or a principal that stands for nobody.</summary>
    UnknownUser,

    /// <summary>The account is locked or may not log in.</summary>
    Locked,
}
