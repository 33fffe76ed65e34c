using System.Buffers;
using MoshBroker.Actors;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>The thread that a session lives on, and what it shares with the others there.</summary>
internal interface ISessionHost
{
    IDispatcher Dispatcher { get; }

    TransportScratch Scratch { get; }

    BrokerMetrics Metrics { get; }

    /// <summary>Whether the thread keeps up.</summary>
    LoopLoad Load { get; }

    /// <summary>Chaff.</summary>
    IRandomSource Random { get; }

    /// <summary>Room for one datagram on its way out, or for translated keys. Whoever begins to use it empties it first: a turn that threw may have left something.</summary>
    ArrayBufferWriter<byte> SendBuffer { get; }

    /// <summary>Room for what a session saves in a turn.</summary>
    ArrayBufferWriter<byte> SaveBuffer { get; }

    /// <summary>What clients of ours are offered.</summary>
    ExtensionOffer Offer => ExtensionOffer.Everything;

    /// <summary>Begins to receive on a channel's socket, or from a shared one; on the thread itself.</summary>
    IUdpEndpoint OpenEndpoint(ChannelSeed seed, IDatagramHandler handler);
}
