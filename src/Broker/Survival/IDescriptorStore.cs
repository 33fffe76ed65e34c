using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>What is put there outlives this process. From any thread; nobody waits for it.</summary>
internal interface IDescriptorStore : IDisposable
{
    /// <summary>True once sessions end in order before this is disposed: nothing is left to be kept then. A start that failed leaves all alone.</summary>
    bool EndsStore { get; set; }

    /// <summary>Keeps a copy of the descriptor there until it is closed here.</summary>
    void Put(string name, FileDescriptor descriptor);

    /// <summary>Drops what an earlier broker left and nobody wants.</summary>
    void Drop(string name);

    /// <summary>From here on nothing that is closed here is dropped there: another process goes on with it.</summary>
    void Detach();
}
