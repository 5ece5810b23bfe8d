"""The way to Redis, with one fault of kombu 5.7's put right: a worker outlives a Redis that goes while it works.

kombu closes a lost connection twice. The second time it wants to give back the messages that are in hand, and looks
for the address in a client that it has taken away already; so does the confirmation of a task that ends later. The
AttributeError of that is nothing that Celery expects, and the worker ends. Of a lost connection Celery knows what to
do: go on, and connect anew.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as ConnectionLost


class Channel(redis.Channel):
    """A channel that says of a closed connection that it is closed."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionLost("this connection to the broker has been closed")
        parameters: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]
        return parameters


class Transport(redis.Transport):
    """For CELERY_BROKER_TRANSPORT."""

    Channel = Channel
