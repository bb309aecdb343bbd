using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// The part of a delta that only authentication, authorization and quotas care for. What Apache Kafka wrote of it is
/// kept
/// whole, whether or not this node acts on it.
/// </summary>
internal sealed class SecurityDelta
{
    public SecurityDelta(MetadataImage before)
    {
        Quotas = before.ClientQuotas.ToBuilder();
        Acls = before.Acls.ToBuilder();
        Credentials = before.ScramCredentials.ToBuilder();
        Tokens = before.DelegationTokens.ToBuilder();
    }

    public ImmutableSortedDictionary<ClientQuotaKey, double>.Builder Quotas { get; }

    public ImmutableSortedDictionary<Uuid, AccessControlEntryRecord>.Builder Acls { get; }

    public ImmutableSortedDictionary<ScramCredentialKey, UserScramCredentialRecord>.Builder Credentials { get; }

    public ImmutableSortedDictionary<string, DelegationTokenRecord>.Builder Tokens { get; }

    public bool QuotasChanged { get; private set; }

    public bool AclsChanged { get; private set; }

    /// <summary>SCRAM credentials or delegation tokens.</summary>
    public bool CredentialsChanged { get; private set; }

    /// <summary>False if the record is none of these.</summary>
    public bool TryReplay(IRecordMessage record)
    {
        switch (record)
        {
            case ClientQuotaRecord quota: Replay(quota); return true;
            case AccessControlEntryRecord acl:
                Acls[acl.Id] = acl;
                AclsChanged = true;
                return true;
            case RemoveAccessControlEntryRecord removed:
                Fault.If(
                    !Acls.Remove(removed.Id),
                    $"The access control entry {removed.Id} is removed but does not exist.");
                AclsChanged = true;
                return true;
            case UserScramCredentialRecord credential:
                Credentials[new ScramCredentialKey(credential.Mechanism, credential.Name)] = credential;
                CredentialsChanged = true;
                return true;
            case RemoveUserScramCredentialRecord removed:
                Credentials.Remove(new ScramCredentialKey(removed.Mechanism, removed.Name));
                CredentialsChanged = true;
                return true;
            case DelegationTokenRecord token:
                Tokens[token.TokenId] = token;
                CredentialsChanged = true;
                return true;
            case RemoveDelegationTokenRecord removed:
                Tokens.Remove(removed.TokenId);
                CredentialsChanged = true;
                return true;
            default:
                return false;
        }
    }

    private void Replay(ClientQuotaRecord record)
    {
        var key = ClientQuotaKey.FromRecord(record);
        QuotasChanged = true;
        if (record.Remove)
        {
            Quotas.Remove(key);
        }
        else
        {
            Quotas[key] = record.Value;
        }
    }
}
