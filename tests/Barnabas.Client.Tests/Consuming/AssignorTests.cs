using Barnabas.Kernel;

namespace Barnabas.Client.Tests;

public sealed class AssignorTests
{
    [Fact]
    public void Static_members_keep_their_ranges_whatever_ids_they_are_given()
    {
        Dictionary<string, int> counts = new() { ["t"] = 3 };
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> before = new RangeAssignor().Assign(
            counts, [Member("x9", "i1", "t"), Member("a1", "i2", "t")]);
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> after = new RangeAssignor().Assign(
            counts, [Member("a0", "i1", "t"), Member("z7", "i2", "t")]);
        Assert.Equal(before["x9"], after["a0"]);
        Assert.Equal(before["a1"], after["z7"]);
    }

    [Fact]
    public void Every_partition_has_exactly_one_owner_who_wanted_it_and_sticky_is_balanced()
    {
        Random random = new(11);
        for (int round = 0; round < 300; round++)
        {
            Dictionary<string, int> counts = [];
            for (int i = 0; i < random.Next(1, 5); i++)
            {
                counts[$"t{i}"] = random.Next(0, 10);
            }

            List<GroupMember> members = [];
            for (int i = 0; i < random.Next(1, 6); i++)
            {
                members.Add(Member($"m{i}", null, [.. counts.Keys.Where(_ => random.Next(2) == 0)]));
            }

            foreach (IPartitionAssignor assignor in (IPartitionAssignor[])
                [new RangeAssignor(), new RoundRobinAssignor(), new StickyAssignor(), new CooperativeStickyAssignor()])
            {
                Check(assignor, counts, members);
            }
        }
    }

    [Fact]
    public void Sticky_moves_only_what_balance_asks_for()
    {
        Dictionary<string, int> counts = new() { ["t"] = 9 };
        StickyAssignor assignor = new();
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> three = assignor.Assign(
            counts, [Member("a", null, "t"), Member("b", null, "t"), Member("c", null, "t")]);
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> two = assignor.Assign(
            counts,
            [
                Member("a", null, "t") with { UserData = assignor.DescribeMember(three["a"], 1) },
                Member("c", null, "t") with { UserData = assignor.DescribeMember(three["c"], 1) },
            ]);
        Assert.Empty(three["a"].Except(two["a"]));
        Assert.Empty(three["c"].Except(two["c"]));
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> again = assignor.Assign(
            counts,
            [
                Member("a", null, "t") with { UserData = assignor.DescribeMember(two["a"], 2) },
                Member("c", null, "t") with { UserData = assignor.DescribeMember(two["c"], 2) },
                Member("d", null, "t"),
            ]);
        Assert.Equal(3, again["d"].Count);
        Assert.Empty(again["a"].Except(two["a"]));
        Assert.Empty(again["c"].Except(two["c"]));
    }

    [Fact]
    public void A_cooperative_group_never_reads_a_partition_twice_and_settles()
    {
        Random random = new(429);
        CooperativeStickyAssignor assignor = new();
        for (int round = 0; round < 200; round++)
        {
            Dictionary<string, int> counts = new() { ["t"] = random.Next(1, 12), ["u"] = random.Next(0, 5) };
            List<GroupMember> members = [];
            int generation = 0;
            for (int change = 0; change < 6; change++)
            {
                Change(members, random, change);
                // Each round but the last ends because somebody gave something up.
                int rounds = 1;
                while (!Rebalance(assignor, counts, members, ++generation))
                {
                    Assert.True(++rounds <= 3, "gives up again what was given up for it");
                }

                Check(assignor, counts, members);
            }
        }
    }

    [Fact]
    public void A_cooperative_partition_moves_in_two_steps_and_the_others_stay()
    {
        Dictionary<string, int> counts = new() { ["t"] = 4 };
        List<GroupMember> members = [Member("a", null, "t")];
        CooperativeStickyAssignor assignor = new();
        Assert.True(Rebalance(assignor, counts, members, 1));
        IReadOnlyList<TopicPartition> all = members[0].Owned;
        members.Add(Member("b", null, "t"));
        Assert.False(Rebalance(assignor, counts, members, 2));
        Assert.Equal((2, 0), (members[0].Owned.Count, members[1].Owned.Count));
        Assert.True(Rebalance(assignor, counts, members, 3));
        Assert.Equal(all.Order(Numbers), members.SelectMany(member => member.Owned).Order(Numbers));
        Assert.Equal(2, members[1].Owned.Count);
    }

    [Fact]
    public void Of_two_owners_the_one_of_the_later_generation_is_believed_and_two_of_the_same_are_not()
    {
        Dictionary<string, int> counts = new() { ["t"] = 2 };
        TopicPartition first = new("t", 0);
        GroupMember late = Member("z", null, "t") with { Owned = [first], OwnedGeneration = 2 };
        GroupMember early = Member("a", null, "t") with { Owned = [first], OwnedGeneration = 1 };
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> divided =
            new CooperativeStickyAssignor().Assign(counts, [early, late]);
        Assert.Equal([first], divided["z"]);
        // Nobody is believed, so the first partition goes to the first member, who says that it has it already.
        divided = new CooperativeStickyAssignor().Assign(counts, [early, late with { OwnedGeneration = 1 }]);
        Assert.Equal([first], divided["a"]);
    }

    [Fact]
    public void What_another_member_sends_as_its_memory_may_be_anything()
    {
        Random random = new(5);
        byte[] sound = StickyMemory.Write([new TopicPartition("topic", 3), new TopicPartition("topic", 4)], 9);
        Assert.True(StickyMemory.TryRead(sound, out List<TopicPartition> owned, out int generation));
        Assert.Equal((2, 9), (owned.Count, generation));
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = sound[..random.Next(sound.Length + 1)];
            for (int i = 0; i < damaged.Length && random.Next(3) > 0; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            StickyMemory.TryRead(damaged, out _, out _);
        }
    }

    private static void Check(IPartitionAssignor assignor, Dictionary<string, int> counts, List<GroupMember> members)
    {
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> result = assignor.Assign(counts, members);
        Assert.Equal(members.Select(member => member.MemberId).Order(), result.Keys.Order());
        List<TopicPartition> given = [.. result.Values.SelectMany(partitions => partitions)];
        Assert.Equal(given.Count, given.Distinct().Count());
        int wanted = counts.Where(topic =>
            members.Any(member => member.Topics.Contains(topic.Key))).Sum(topic => topic.Value);
        Assert.Equal(wanted, given.Count);
        foreach (GroupMember member in members)
        {
            Assert.All(result[member.MemberId], partition => Assert.Contains(partition.Topic, member.Topics));
            if (assignor is StickyAssignor or CooperativeStickyAssignor)
            {
                // Nobody could give this member anything without falling behind it.
                Assert.All(
                    members.Where(other => result[other.MemberId].Count > result[member.MemberId].Count + 1),
                    other => Assert.DoesNotContain(result[other.MemberId], p => member.Topics.Contains(p.Topic)));
            }
        }
    }

    private static Comparer<TopicPartition> Numbers { get; } =
        Comparer<TopicPartition>.Create(static (left, right) => left.Partition - right.Partition);

    private static void Change(List<GroupMember> members, Random random, int number)
    {
        if (members.Count > 1 && random.Next(2) == 0)
        {
            members.RemoveAt(random.Next(members.Count));
        }
        else
        {
            members.Add(Member($"m{number}", null, random.Next(3) > 0 ? ["t", "u"] : ["t"]));
        }
    }

    // One generation; true if nobody had to give anything up, so that no further one follows.
    private static bool Rebalance(
        CooperativeStickyAssignor assignor, Dictionary<string, int> counts, List<GroupMember> members, int generation)
    {
        IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> divided = assignor.Assign(counts, members);
        Dictionary<TopicPartition, string> owners = members
            .SelectMany(static member => member.Owned.Select(partition => (partition, member.MemberId)))
            .ToDictionary(static pair => pair.partition, static pair => pair.MemberId);
        bool settled = true;
        for (int i = 0; i < members.Count; i++)
        {
            IReadOnlyList<TopicPartition> given = divided[members[i].MemberId];
            Assert.All(given, partition =>
                Assert.Equal(members[i].MemberId, owners.GetValueOrDefault(partition, members[i].MemberId)));
            settled &= !members[i].Owned.Except(given).Any();
            members[i] = members[i] with
            {
                Owned = given,
                OwnedGeneration = generation,
                UserData = assignor.DescribeMember(given, generation),
            };
        }

        return settled;
    }

    private static GroupMember Member(string id, string? instance, params string[] topics) =>
        new() { MemberId = id, GroupInstanceId = instance, Topics = topics };
}
