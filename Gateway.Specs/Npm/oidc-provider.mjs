// A real OpenID Connect provider: device code, authorization code with PKCE, refresh tokens, client credentials, short-lived JWT access tokens.
// node oidc-provider.mjs PORT CERTIFICATE KEY SECONDS [CLOCK]: its clock is so many seconds ahead of the machine's
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { Provider } from 'oidc-provider';

const [port, certificate, key, seconds, clock] = process.argv.slice(2);
const people = { alice: ['telemetry', 'operators'], bob: ['readers'] };
const lifetime = Number(seconds);
if (Number(clock ?? 0) !== 0) {
  const Right = Date;
  const now = () => Right.now() + Number(clock) * 1000;
  globalThis.Date = class extends Right {
    constructor(...given) { super(...(given.length > 0 ? given : [now()])); }
    static now() { return now(); }
  };
}
// A key of its own for each run: to start it again is to rotate.
const signingKey = { ...crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), use: 'sig', alg: 'RS256' };

const provider = new Provider(`https://localhost:${port}`, {
  jwks: { keys: [signingKey] },
  clients: [
    {
      client_id: 'gateway-cli', application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
    { client_id: 'meter', client_secret: 'meter-secret', redirect_uris: [], response_types: [], grant_types: ['client_credentials'] },
  ],
  findAccount: (context, sub) => people[sub] && { accountId: sub, claims: () => ({ sub }) },
  scopes: ['openid', 'offline_access'],
  features: {
    devInteractions: { enabled: true }, deviceFlow: { enabled: true }, clientCredentials: { enabled: true }, revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: '', audience: 'urn:gateway', accessTokenFormat: 'jwt', accessTokenTTL: lifetime, jwt: { sign: { alg: 'RS256' } } }),
    },
  },
  extraTokenClaims: (context, token) => ({ groups: token.accountId ? people[token.accountId] : ['telemetry'] }),
  issueRefreshToken: (context, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  ttl: { AccessToken: lifetime, ClientCredentials: lifetime, RefreshToken: 600, DeviceCode: 120, Session: 600, Interaction: 600, Grant: 600 },
  cookies: { keys: ['gateway'] },
  pkce: { required: () => true },
});
provider.on('server_error', (context, error) => console.log('server_error', error.message));
provider.on('grant.error', (context, error) => console.log('grant.error', error.message, error.error_description));
provider.on('authorization.error', (context, error) => console.log('authorization.error', error.message, error.error_description));
https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, provider.callback())
  .listen(Number(port), '127.0.0.1', () => console.log('listening'));
