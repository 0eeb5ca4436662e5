"""A signing proxy as one writes it in Python: aiohttp passes on, oauthlib signs.

Takes the upstream's address, prints its own.
"""

import asyncio
import sys

from aiohttp import ClientSession, TCPConnector, web
from oauthlib.oauth1 import Client

target = f"http://{sys.argv[1]}"
signer = Client(
    "consumer-key",
    client_secret="consumer-secret",
    resource_owner_key="7-access-token",
    resource_owner_secret="access-secret",
)
PASSED = ("accept", "content-type")
BACK = ("content-type", "date", "x-rate-limit-limit", "x-rate-limit-remaining",
        "x-rate-limit-reset", "x-access-level", "x-transaction-id")


def passing(session):
    async def handle(request):
        url, signed, _ = signer.sign(target + request.path_qs, request.method)
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        headers |= signed
        body = await request.read() if request.can_read_body else None
        async with session.request(request.method, url, headers=headers, data=body) as answer:
            back = {name: answer.headers[name] for name in BACK if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=back)

    return handle


async def main():
    async with ClientSession(connector=TCPConnector(limit=400)) as session:
        runner = web.ServerRunner(web.Server(passing(session)))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        print(f"127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
