"""`python -m appliance.demo.amqtt_broker PORT`: the fallback broker until it is terminated.

A process of its own: amqtt leaves its sockets to the garbage collector, and its event loop should not share the
terminal's thread.
"""

from __future__ import annotations

import asyncio
import sys

from amqtt.broker import Broker


async def serve(port: int) -> None:
    """Serve MQTT 3.1.1 to anybody on 127.0.0.1:`port`, for ever."""
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
