using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Survival;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>Goes on with what the broker itself ran in a session, where a process before this one left it.</summary>
internal interface IReentry
{
    /// <summary>What runs in the session from here on; null when that is the terminal's alone to say.</summary>
    /// <param name="admission">What policy grants it now.</param>
    /// <param name="master">Its terminal, taken over unless the answer is null; null when it had none.</param>
    IBackendSource? WayBack(SessionRecord record, Admission admission, FileDescriptor? master);
}
