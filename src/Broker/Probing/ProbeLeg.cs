using System.Text.Json.Serialization;

namespace MoshBroker.Probing;

/// <summary>The steps by which a client gets to work, in their order; a leg is tried when those before it went well.</summary>
[JsonConverter(typeof(ProbeLegConverter))]
internal enum ProbeLeg
{
    /// <summary>Somebody asks for a session, over SSH or on the machine itself, and is told port and key.</summary>
    Ssh,

    /// <summary>The first datagram is answered.</summary>
    Udp,

    /// <summary>What is typed comes to the screen.</summary>
    Echo,

    /// <summary>The same from another port, as after a change of networks.</summary>
    Roam,
}
