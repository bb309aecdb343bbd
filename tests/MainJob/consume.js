// A member of a group, by kafkajs: prints partition, offset, key and value of each record until it is told to end.
//   node consume.js BROKER GROUP TOPIC
'use strict'

const { Kafka, CompressionCodecs, CompressionTypes, logLevel } = require('kafkajs')
const lz4 = require('lz4js')
const zstd = require('fzstd')

// kafkajs brings gzip; the other codecs are plugged in. A consumer needs only the way back.
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
CompressionCodecs[CompressionTypes.LZ4] = () => ({ decompress: async bytes => Buffer.from(lz4.decompress(bytes)) })
CompressionCodecs[CompressionTypes.ZSTD] = () => ({ decompress: async bytes => Buffer.from(zstd.decompress(bytes)) })

const [broker, groupId, topic] = process.argv.slice(2)
const consumer = new Kafka({
  clientId: `kafkajs-${process.pid}`,
  brokers: [broker],
  logLevel: logLevel.WARN,
  // A node that is down for some seconds is waited for.
  retry: { initialRetryTime: 200, maxRetryTime: 2000, retries: 60 },
}).consumer({ groupId })

async function eachBatch ({ batch }) {
  const lines = batch.messages.map(({ offset, key, value }) => `${batch.partition}\t${offset}\t${key}\t${value}\n`)
  if (!process.stdout.write(lines.join(''))) {
    await new Promise(resolve => process.stdout.once('drain', resolve))
  }
}

async function main () {
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachBatch })
}

process.once('SIGTERM', async () => {
  await consumer.disconnect()
  process.exit(0)
})
main().catch(error => {
  console.error(error)
  process.exit(1)
})
