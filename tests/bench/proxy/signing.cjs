// A signing proxy as one writes it in node: http-proxy passes on, oauth-1.0a signs.
// Takes the upstream's address, prints its own.
const { createHmac } = require("node:crypto");
const http = require("node:http");
const httpProxy = require("http-proxy");
const OAuth = require("oauth-1.0a");

const target = `http://${process.argv[2]}`;
const oauth = OAuth({
  consumer: { key: "consumer-key", secret: "consumer-secret" },
  signature_method: "HMAC-SHA1",
  hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
});
const token = { key: "7-access-token", secret: "access-secret" };
const agent = new http.Agent({ keepAlive: true, maxSockets: 400 });
const proxy = httpProxy.createProxyServer({ target, agent, changeOrigin: true });
proxy.on("error", (_, __, response) => response.writeHead?.(502).end());

const server = http.createServer((request, response) => {
  const signed = oauth.authorize({ url: target + request.url, method: request.method }, token);
  request.headers.authorization = oauth.toHeader(signed).Authorization;
  proxy.web(request, response);
});
server.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
