using System.Collections.Concurrent;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// One bad input after the other against one node: the outcome, and that the node is as well afterwards as before. Each
/// test is named by its row in the list of bad inputs.
/// </summary>
public sealed class HostileInputTests(HostileNode hostile) : IClassFixture<HostileNode>
{
    public static TheoryData<string> Frames => Names(FrameInputs.All());

    public static TheoryData<string> Records => Names(RecordInputs.All());

    public static TheoryData<string> Values => Names(AdminInputs.All());

    [Theory]
    [MemberData(nameof(Frames))]
    public void Frame_of(string input) => Check(FrameInputs.All(), input);

    [Theory]
    [MemberData(nameof(Records))]
    public void Records_of(string input) => Check(RecordInputs.All(), input);

    [Theory]
    [MemberData(nameof(Values))]
    public void Value_of(string input) => Check(AdminInputs.All(), input);

    [Fact]
    public void M6_ApiVersions_99_byte_for_byte()
    {
        using RawConnection connection = hostile.Node.Connect();
        connection.Send(Wire.Frame((short)ApiKey.ApiVersions, 99, [], correlationId: 0x01020304));
        byte[] reply = connection.Receive()!;
        Assert.Equal(FrameInputs.UnknownApiVersionsReply.ToArray(), reply);
        // The connection lives: the client chooses anew on it.
        Assert.Equal(0, connection.Ask<ApiVersionsResponse>(new ApiVersionsRequest(), 0).ErrorCode);
    }

    [Fact]
    public void M18_a_refused_batch_leaves_the_log_untouched()
    {
        long before = hostile.EndOffset("t");
        foreach (HostileInput input in RecordInputs.All().Where(static i => i.Expected != "ok"))
        {
            Assert.Equal(input.Expected, input.Outcome(hostile.Node.Port));
        }

        Assert.Equal(before, hostile.EndOffset("t"));
    }

    private static TheoryData<string> Names(IEnumerable<HostileInput> inputs)
    {
        TheoryData<string> names = [];
        foreach (HostileInput input in inputs)
        {
            names.Add(input.ToString());
        }

        return names;
    }

    private void Check(IEnumerable<HostileInput> inputs, string name)
    {
        HostileInput input = inputs.Single(input => input.ToString() == name);
        Assert.Equal(input.Expected, input.Outcome(hostile.Node.Port));
        hostile.AssertWell();
    }
}
