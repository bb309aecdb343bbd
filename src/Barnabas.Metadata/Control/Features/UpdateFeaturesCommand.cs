using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// Raises or lowers finalized feature levels (KIP-584): all that are asked for, or none. kraft.version lives in control
/// records of the quorum and can only be confirmed here.
/// </summary>
public sealed class UpdateFeaturesCommand(UpdateFeaturesRequest request, short kraftVersion) : ControllerCommand
{
    private const sbyte Upgrade = 1;
    private const sbyte SafeDowngrade = 2;
    private const sbyte UnsafeDowngrade = 3;

    public UpdateFeaturesResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.ErrorMessage = message;
        Response.Results.Clear();
    }

    internal override void Decide(ControllerStep step)
    {
        var proposed = new SortedDictionary<string, short>(StringComparer.Ordinal);
        foreach ((string name, short level) in step.Image.Features)
        {
            proposed[name] = level;
        }

        proposed[MetadataVersion.FeatureName] = step.Version.Level;
        proposed[Feature.KRaftVersionName] = kraftVersion;
        var current = new SortedDictionary<string, short>(proposed, StringComparer.Ordinal);
        foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
        {
            proposed[update.Feature] = update.MaxVersionLevel;
        }

        foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
        {
            AddUpdate(step, update, current.GetValueOrDefault(update.Feature), proposed);
            Response.Results.Add(new UpdateFeaturesResponse.UpdatableFeatureResult
            {
                Feature = update.Feature,
                ErrorMessage = "NONE",
            });
        }

        Response.ErrorMessage = null;

        AddElrSafety(step, proposed);
        if (request.ValidateOnly)
        {
            step.TruncateTo(0);
        }
    }

    private static ControllerException Refuse(UpdateFeaturesRequest.FeatureUpdateKey update, string why) => new(
        ErrorCode.InvalidUpdateVersion,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Invalid update version {update.MaxVersionLevel} for feature {update.Feature}. {why}"));

    private static void AddUpdate(
        ControllerStep step,
        UpdateFeaturesRequest.FeatureUpdateKey update,
        short current,
        SortedDictionary<string, short> proposed)
    {
        short wanted = update.MaxVersionLevel;
        // Version 0 of the request has a flag instead of the upgrade type.
        sbyte type = update.AllowDowngrade ? SafeDowngrade : update.UpgradeType;
        if (type is < Upgrade or > UnsafeDowngrade)
        {
            throw Refuse(update, "The controller does not support the given upgrade type.");
        }

        if (wanted < 0)
        {
            throw Refuse(update, "A feature version cannot be less than 0.");
        }

        RequireSupport(step, update);
        if (wanted < current && type == Upgrade)
        {
            throw Refuse(
                update,
                "Can't downgrade the version of this feature without setting the upgrade type to either safe or " +
                "unsafe downgrade.");
        }

        if (wanted > current && type != Upgrade)
        {
            throw Refuse(update, "Can't downgrade to a newer version.");
        }

        switch (update.Feature)
        {
            case MetadataVersion.FeatureName:
                AddMetadataVersion(step, update);
                break;
            case Feature.KRaftVersionName:
                if (wanted != current)
                {
                    throw Refuse(update, "Changing kraft.version of a running quorum is not supported.");
                }

                break;
            default:
                AddFeature(step, update, proposed);
                break;
        }
    }

    private static void AddMetadataVersion(ControllerStep step, UpdateFeaturesRequest.FeatureUpdateKey update)
    {
        if (!MetadataVersion.TryFromLevel(update.MaxVersionLevel, out MetadataVersion wanted))
        {
            throw Refuse(
                update,
                $"Valid versions are from {MetadataVersion.Minimum.Level} to " +
                $"{MetadataVersion.LatestProduction.Level}.");
        }

        if (wanted.CompareTo(step.Version) < 0 && MetadataVersion.RecordsDiffer(wanted, step.Version))
        {
            throw Refuse(
                update,
                "Refusing to perform the requested downgrade because it might delete metadata information.");
        }

        step.Add(ImageRecords.FeatureLevel(MetadataVersion.FeatureName, wanted.Level));
    }

    private static void AddFeature(
        ControllerStep step,
        UpdateFeaturesRequest.FeatureUpdateKey update,
        SortedDictionary<string, short> proposed)
    {
        short needed = Feature.Find(update.Feature)!.RequiredMetadataLevel(update.MaxVersionLevel);
        if (proposed[MetadataVersion.FeatureName] < needed)
        {
            throw Refuse(
                update,
                $"{update.Feature} could not be set to {update.MaxVersionLevel} because it depends on " +
                $"{MetadataVersion.FeatureName} level {needed}");
        }

        step.Add(ImageRecords.FeatureLevel(update.Feature, update.MaxVersionLevel));
    }

    // A level may be finalized only when this software, every broker and every controller can do it.
    private static void RequireSupport(ControllerStep step, UpdateFeaturesRequest.FeatureUpdateKey update)
    {
        VersionRange local = Feature.SupportedByThisSoftware().GetValueOrDefault(update.Feature);
        RequireSupport(update, $"Local controller {step.Options.NodeId}", local);
        foreach (BrokerRegistration broker in step.Image.Brokers.Values)
        {
            RequireSupport(update, $"Broker {broker.Id}", broker.Features.GetValueOrDefault(update.Feature));
        }

        if (!step.Version.HasControllerRegistration)
        {
            return;
        }

        foreach (BrokerId voter in step.Options.Voters)
        {
            if (voter == step.Options.NodeId)
            {
                continue;
            }

            if (!step.Image.Controllers.TryGetValue(voter, out ControllerRegistration? controller))
            {
                throw Refuse(
                    update,
                    $"controller {voter} has not registered, and may not support this feature");
            }

            RequireSupport(update, $"Controller {voter}", controller.Features.GetValueOrDefault(update.Feature));
        }
    }

    private static void RequireSupport(
        UpdateFeaturesRequest.FeatureUpdateKey update,
        string who,
        VersionRange supported)
    {
        if (!supported.Contains(update.MaxVersionLevel))
        {
            string range = supported == default
                ? "does not support this feature."
                : $"only supports versions {supported.Min}-{supported.Max}";
            throw Refuse(update, $"{who} {range}");
        }
    }

    // KIP-966: from now on min.insync.replicas is set for the cluster and never for one broker.
    private static void AddElrSafety(ControllerStep step, SortedDictionary<string, short> proposed)
    {
        if (step.Image.HasEligibleLeaderReplicas || proposed.GetValueOrDefault(Feature.EligibleLeaderReplicasName) == 0)
        {
            return;
        }

        if (!step.Image.ConfigsOf(ConfigResource.AllBrokers).ContainsKey(ConfigChanges.MinInSyncReplicas))
        {
            string minIsr = step.Configs.StaticValue(ConfigResourceType.Topic, ConfigChanges.MinInSyncReplicas) ?? "1";
            step.Add(ImageRecords.ConfigChange(ConfigResource.AllBrokers, ConfigChanges.MinInSyncReplicas, minIsr));
        }

        foreach ((ConfigResource resource, var configs) in step.Image.Configs)
        {
            if (resource.Type == ConfigResourceType.Broker
                && resource.Name.Length > 0
                && configs.ContainsKey(ConfigChanges.MinInSyncReplicas))
            {
                step.Add(ImageRecords.ConfigChange(resource, ConfigChanges.MinInSyncReplicas, null));
            }
        }
    }
}
