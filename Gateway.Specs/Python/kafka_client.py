"""A service on kafka-python: kafka_client.py BROKER CA MECHANISM TOKEN TOPIC COUNT CODEC (for SCRAM the password of account billing instead of the token)

Produces, consumes in a group, commits, and prints what came."""
import sys

from kafka import KafkaConsumer, KafkaProducer
from kafka.oauth.abstract import AbstractTokenProvider

broker, ca, mechanism, token, topic, number, codec = sys.argv[1:]
count = int(number)


class Token(AbstractTokenProvider):
    def token(self):
        return token


common = dict(bootstrap_servers=broker, security_protocol="SASL_SSL", ssl_cafile=ca, sasl_mechanism=mechanism, client_id="kafka-python")
if mechanism == "PLAIN":
    common.update(sasl_plain_username="anybody", sasl_plain_password=token)
elif mechanism.startswith("SCRAM"):
    common.update(sasl_plain_username="billing", sasl_plain_password=token)
else:
    common.update(sasl_oauth_token_provider=Token())

producer = KafkaProducer(**common, compression_type=None if codec == "none" else codec, linger_ms=5)
sent = [producer.send(topic, key=b"key-%d" % i, value=b"value-%05d" % i) for i in range(count)]
for confirmed in sent:
    confirmed.get(timeout=20)
producer.close()

consumer = KafkaConsumer(
    topic, **common, group_id="group-" + topic, auto_offset_reset="earliest", enable_auto_commit=False, consumer_timeout_ms=20_000)
values = []
for message in consumer:
    values.append(message.value.decode())
    if len(values) == count:
        break
consumer.commit()
consumer.close()
print("\n".join(values))
