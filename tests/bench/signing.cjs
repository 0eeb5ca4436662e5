// Signatures per second of the npm package oauth-1.0a, for the request of signing.rs.
const { createHmac } = require("node:crypto");
const OAuth = require("oauth-1.0a");

const oauth = OAuth({
  consumer: { key: "xvz1evFS4wEEPTGEFPHBog", secret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw" },
  signature_method: "HMAC-SHA1",
  hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
});
const token = {
  key: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
  secret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
};
const request = {
  url: "https://api.x.com/1.1/statuses/update.json",
  method: "POST",
  data: { status: "Hello Ladies + Gentlemen!", include_entities: "true" },
};

const start = performance.now();
let signed = 0;
while (performance.now() - start < 2000) {
  for (let i = 0; i < 1000; i += 1) oauth.toHeader(oauth.authorize(request, token));
  signed += 1000;
}
console.log(Math.round(signed / ((performance.now() - start) / 1000)));
