using System.Text.Json;

namespace Barnabas.Protocol.Tests;

/// <summary>
/// Our codecs against Apache Kafka's: what we write they read as the same fields and write as the same bytes, and what
/// is damaged they refuse exactly when we do.
/// </summary>
public sealed class GoldenBytesTests
{
    private const int FillingsPerVersion = 3;
    private const int DamagedPerVersion = 12;

    [ReferenceLibrariesFact]
    public void Apache_Kafka_reads_and_writes_every_message_as_we_do() =>
        CompareFilled(Reference.ClassPath!, message => !IsRetired(message));

    [ReferenceLibrariesFact(zooKeeperEra: true)]
    public void The_last_version_with_ZooKeeper_reads_and_writes_the_retired_messages_as_we_do() =>
        CompareFilled(Reference.ZooKeeperEraClassPath!, IsRetired);

    [ReferenceLibrariesFact]
    public void Apache_Kafka_refuses_damaged_messages_exactly_when_we_do()
    {
        Random random = new(20);
        List<JavaQuestion> questions = [];
        foreach (IMessage message in Messages.All.Where(message => !IsRetired(message)))
        {
            foreach (short version in Messages.Versions(message))
            {
                for (int i = 0; i < DamagedPerVersion; i++)
                {
                    byte[] bytes = Damage.Apply(Filled(message, version, random.Next()).ToBytes(version), random);
                    questions.Add(new(message.GetType().Name, version, bytes, Whole: false));
                }
            }
        }

        int refused = 0;
        List<string> differences = [];
        IReadOnlyList<JavaAnswer> answers = JavaCodec.Run(Reference.ClassPath!, questions);
        foreach ((JavaQuestion question, JavaAnswer answer) in questions.Zip(answers))
        {
            IMessage ours = Messages.New(question.Message);
            KafkaReader reader = new(question.Bytes.AsMemory());
            ours.Read(ref reader, question.Version);
            refused += reader.Failed ? 1 : 0;
            if (reader.Failed != answer.Refusal is not null)
            {
                differences.Add($"{question.Line}: ours {reader.Failed}, theirs {answer.Refusal}");
            }
            else if (!reader.Failed && answer.Trailing != reader.Remaining)
            {
                differences.Add($"{question.Line}: ours leaves {reader.Remaining}, theirs {answer.Trailing}");
            }
        }

        Assert.Empty(differences);
        Assert.InRange(refused, questions.Count / 10, questions.Count * 9 / 10);
    }

    private static void CompareFilled(string classPath, Func<IMessage, bool> wanted)
    {
        List<JavaQuestion> questions = [];
        List<IMessage> messages = [];
        foreach (IMessage message in Messages.All.Where(wanted))
        {
            foreach (short version in Messages.Versions(message))
            {
                for (int seed = 0; seed < FillingsPerVersion; seed++)
                {
                    IMessage filled = Filled(message, version, seed);
                    messages.Add(filled);
                    questions.Add(new(message.GetType().Name, version, filled.ToBytes(version), Whole: true));
                }
            }
        }

        IReadOnlyList<JavaAnswer> answers = JavaCodec.Run(classPath, questions);
        List<string> differences = [];
        for (int i = 0; i < questions.Count; i++)
        {
            differences.AddRange(Compare(questions[i], messages[i], answers[i]));
        }

        Assert.Empty(differences);
        Assert.True(questions.Count > 0);
    }

    private static List<string> Compare(JavaQuestion question, IMessage message, JavaAnswer answer)
    {
        string label = $"{question.Message} v{question.Version}";
        if (answer.Refusal is not null)
        {
            return [$"{label} refused: {answer.Refusal}"];
        }

        if (answer.Encoded != Convert.ToHexString(question.Bytes) || answer.Trailing != 0)
        {
            return [$"{label}: ours {Convert.ToHexString(question.Bytes)}, theirs {answer.Encoded}"];
        }

        if (answer.Json.Length == 0)
        {
            return [];
        }

        using JsonDocument json = JsonDocument.Parse(answer.Json);
        JsonComparison comparison = new(Schemas.ByName[question.Message]);
        comparison.Compare(message, json.RootElement);
        return comparison.Differences.ConvertAll(difference => $"{label}: {difference}");
    }

    private static IMessage Filled(IMessage message, short version, int seed)
    {
        IMessage filled = Messages.NewLike(message);
        new MessageFiller(new Random(seed)).Fill(filled, version);
        return filled;
    }

    private static bool IsRetired(IMessage message) => message is IApiMessage api && ApiKeys.Get(api.ApiKey).Retired;
}
