// A service on kafkajs: node kafka-client.cjs BROKER CA MECHANISM TOKEN TOPIC COUNT
// For SCRAM the password of account billing stands in the token's place.
// Produces compressed records, consumes in a group, and prints what came. Not idempotently: for that kafkajs wants a controller, of which librdkafka's
// brokers say that there is none.
const fs = require('fs');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const [broker, ca, mechanism, token, topic, number] = process.argv.slice(2);
const count = Number(number);
const sasl = mechanism === 'oauthbearer'
  ? { mechanism, oauthBearerProvider: async () => ({ value: token }) }
  : { mechanism, username: mechanism.startsWith('scram') ? 'billing' : 'anybody', password: token };
const kafka = new Kafka({
  clientId: 'kafkajs', brokers: [broker], logLevel: logLevel.ERROR, ssl: { ca: [fs.readFileSync(ca)] }, sasl, retry: { retries: 3 },
});

(async () => {
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({ key: `key-${i}`, value: `value-${String(i).padStart(5, '0')}` }));
  await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.GZIP });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: `group-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const values = [];
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`only ${values.length} came`)), 40_000).unref();
    consumer.run({ eachMessage: async ({ message }) => { if (values.push(message.value.toString()) === count) resolve(); } }).catch(reject);
  });
  await consumer.disconnect();
  console.log(values.join('\n'));
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
