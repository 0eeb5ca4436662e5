"""Signatures per second of the Python package oauthlib, for the request of signing.rs."""

from time import perf_counter

from oauthlib.oauth1 import Client

client = Client(
    "xvz1evFS4wEEPTGEFPHBog",
    client_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    resource_owner_key="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    resource_owner_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)
url = "https://api.x.com/1.1/statuses/update.json"
body = "status=Hello%20Ladies%20%2B%20Gentlemen%21&include_entities=true"
headers = {"Content-Type": "application/x-www-form-urlencoded"}

start = perf_counter()
signed = 0
while perf_counter() - start < 2:
    for _ in range(100):
        client.sign(url, "POST", body, headers)
    signed += 100
print(round(signed / (perf_counter() - start)))
