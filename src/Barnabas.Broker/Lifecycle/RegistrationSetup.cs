using System.Net;

using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>What this node tells the active controller of its broker and of its controller.</summary>
internal static class RegistrationSetup
{
    /// <param name="open">The listeners with the ports they really have.</param>
    /// <param name="incarnation">Drawn anew with each start.</param>
    public static BrokerRegistrationRequest OfBroker(
        NodeConfiguration configuration,
        LogDirectories directories,
        IReadOnlyList<(string Name, IPEndPoint Local)> open,
        Uuid incarnation)
    {
        BrokerRegistrationRequest request = new()
        {
            BrokerId = configuration.NodeId,
            ClusterId = directories.ClusterId,
            IncarnationId = incarnation,
            Rack = configuration.Rack,
            // KIP-966: a shutdown that ended with the epoch in the marker lost nothing.
            PreviousBrokerEpoch = PreviousEpoch(directories),
        };
        foreach (ListenerEndpoint advertised in configuration.AdvertisedListeners)
        {
            request.Listeners.Add(new BrokerRegistrationRequest.Listener
            {
                Name = advertised.Name,
                Host = advertised.Host ?? Dns.GetHostName(),
                Port = (ushort)(advertised.Port != 0 ? advertised.Port : OpenPort(open, advertised.Name)),
                SecurityProtocol = (short)advertised.Protocol,
            });
        }

        foreach ((string name, VersionRange range) in Feature.SupportedByThisSoftware())
        {
            request.Features.Add(new BrokerRegistrationRequest.Feature
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        foreach (LogDirectory directory in directories.All)
        {
            request.LogDirs.Add(directory.Id);
        }

        request.LogDirs.Sort();
        return request;
    }

    /// <param name="open">The listeners with the ports they really have.</param>
    /// <param name="incarnation">Drawn anew with each start.</param>
    public static ControllerRegistrationRequest OfController(
        NodeConfiguration configuration,
        IReadOnlyList<(string Name, IPEndPoint Local)> open,
        Uuid incarnation)
    {
        ControllerRegistrationRequest request = new()
        {
            ControllerId = configuration.NodeId,
            IncarnationId = incarnation,
        };
        foreach (ListenerEndpoint advertised in configuration.AdvertisedControllerListeners)
        {
            request.Listeners.Add(new ControllerRegistrationRequest.Listener
            {
                Name = advertised.Name,
                Host = advertised.Host ?? Dns.GetHostName(),
                Port = (ushort)(advertised.Port != 0 ? advertised.Port : OpenPort(open, advertised.Name)),
                SecurityProtocol = (short)advertised.Protocol,
            });
        }

        foreach ((string name, VersionRange range) in Feature.SupportedByThisSoftware())
        {
            request.Features.Add(new ControllerRegistrationRequest.Feature
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        return request;
    }

    private static long PreviousEpoch(LogDirectories directories)
    {
        long epoch = -1;
        foreach (LogDirectory directory in directories.All)
        {
            if (!directory.WasCleanShutdown)
            {
                return -1;
            }

            epoch = Math.Max(epoch, directory.CleanShutdownBrokerEpoch);
        }

        return epoch;
    }

    private static int OpenPort(IReadOnlyList<(string Name, IPEndPoint Local)> open, string name)
    {
        foreach ((string listener, IPEndPoint local) in open)
        {
            if (listener == name)
            {
                return local.Port;
            }
        }

        return 0;
    }
}
