namespace Barnabas.Coordination;

/// <summary>
/// Who the sender of a request says it is: a member of a group's generation, or nobody in particular.
/// </summary>
internal sealed class MemberClaim
{
    private readonly ReusedText _groupId = new();
    private readonly ReusedText _memberId = new();
    private readonly ReusedText _instanceId = new();

    public ReadOnlySpan<char> GroupId => _groupId.Text;

    public int Generation { get; private set; }

    public ReadOnlySpan<char> MemberId => _memberId.Text;

    /// <summary>True for a static member, which names its instance (KIP-345).</summary>
    public bool IsStatic { get; private set; }

    public ReadOnlySpan<char> InstanceId => _instanceId.Text;

    public void Set(
        ReadOnlySpan<byte> groupId,
        int generation,
        ReadOnlySpan<byte> memberId,
        bool isStatic,
        ReadOnlySpan<byte> instanceId)
    {
        _groupId.Set(groupId);
        Generation = generation;
        _memberId.Set(memberId);
        IsStatic = isStatic;
        _instanceId.Set(instanceId);
    }

    /// <summary>Lets go of memory that an unusual request took.</summary>
    public void Trim()
    {
        _groupId.Trim();
        _memberId.Trim();
        _instanceId.Trim();
    }
}
