using System.Globalization;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Client.Tests;

/// <summary>What must be the same in every client of Kafka, compared with Kafka's own classes.</summary>
[Trait("Category", "Peer")]
public sealed class JavaAgreementTests
{
    [PeerFact]
    public void Hashes_and_assignments_are_those_of_Java()
    {
        List<string> questions = [];
        List<string> answers = [];
        Random random = new(20_261_120);
        for (int length = 0; length < 70; length++)
        {
            byte[] key = new byte[length];
            random.NextBytes(key);
            questions.Add($"murmur2 {Convert.ToHexStringLower(key)}");
            answers.Add(Murmur2.Hash(key).ToString(CultureInfo.InvariantCulture));
        }

        IPartitionAssignor[] assignors = [new RangeAssignor(), new RoundRobinAssignor()];
        for (int round = 0; round < 150; round++)
        {
            (Dictionary<string, int> counts, List<GroupMember> members) = Draw(random, sameTopics: false);
            foreach (IPartitionAssignor assignor in assignors)
            {
                questions.Add(Question(assignor, counts, members));
                answers.Add(Answer(assignor, counts, members));
            }

            // Of the sticky assignors only fresh assignments of equal members are promised to be Kafka's own.
            (counts, members) = Draw(random, sameTopics: true);
            foreach (IPartitionAssignor sticky in (IPartitionAssignor[])
                [new StickyAssignor(), new CooperativeStickyAssignor()])
            {
                questions.Add(Question(sticky, counts, members));
                answers.Add(Answer(sticky, counts, members));
            }
        }

        string output = SharedFolder.RunJava("JavaAnswers.java", string.Join('\n', questions) + "\n");
        string[] expected = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(questions.Count, expected.Length);
        for (int i = 0; i < questions.Count; i++)
        {
            Assert.Equal($"{questions[i]} -> {expected[i].Trim()}", $"{questions[i]} -> {answers[i]}");
        }
    }

    private static (Dictionary<string, int> Counts, List<GroupMember> Members) Draw(Random random, bool sameTopics)
    {
        Dictionary<string, int> counts = [];
        int topics = random.Next(1, 5);
        for (int i = 0; i < topics; i++)
        {
            counts[$"topic{i}"] = random.Next(1, 9);
        }

        List<GroupMember> members = [];
        int count = random.Next(1, 7);
        for (int i = 0; i < count; i++)
        {
            List<string> wanted = [.. counts.Keys.Where(_ => sameTopics || random.Next(3) > 0)];
            members.Add(new GroupMember
            {
                MemberId = $"m{random.Next(1000, 9999)}-{i}",
                Topics = wanted.Count > 0 ? wanted : ["topic0"],
            });
        }

        return (counts, members);
    }

    private static string Question(
        IPartitionAssignor assignor, Dictionary<string, int> counts, List<GroupMember> members) =>
        $"{assignor.Name} {string.Join(',', counts.Select(pair => $"{pair.Key}:{pair.Value}"))}|"
        + string.Join(';', members.Select(member => $"{member.MemberId}={string.Join(',', member.Topics)}"));

    private static string Answer(IPartitionAssignor assignor, Dictionary<string, int> counts, List<GroupMember> members)
    {
        StringBuilder text = new();
        foreach ((string member, IReadOnlyList<TopicPartition> partitions) in
            assignor.Assign(counts, members).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // In Java the order of a member's topics is that of a hash map; which partitions they are is what matters.
            IEnumerable<string> names = partitions.Select(partition =>
                partition.ToString()).Order(StringComparer.Ordinal);
            text.Append(member).Append('=').AppendJoin(',', names).Append(';');
        }

        return text.ToString();
    }
}
