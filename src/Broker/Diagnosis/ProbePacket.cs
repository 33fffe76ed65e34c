using System.Net;

namespace MoshBroker.Diagnosis;

/// <summary>A first packet that nobody has seen before, as a firewall sees it.</summary>
internal sealed record ProbePacket(string Protocol, int Port, IPAddress Source);
