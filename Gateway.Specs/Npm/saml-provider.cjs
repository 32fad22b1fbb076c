// A real SAML 2.0 identity provider: metadata, and answers to requests by HTTP-Redirect with a form that posts itself.
// node saml-provider.cjs PORT CERTIFICATE KEY SIGNING-CERTIFICATE SIGNING-KEY SERVICE-METADATA-URL SERVICE-AUTHORITIES
const crypto = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');
const zlib = require('node:zlib');
const saml = require('samlify');

const [port, certificate, key, signingCertificate, signingKey, metadataUrl, authorities] = process.argv.slice(2);
const base = `https://localhost:${port}`;
const people = { alice: ['telemetry', 'operators'], bob: ['readers'] };
saml.setSchemaValidator({ validate: async () => 'not needed here' });

const provider = saml.IdentityProvider({
  entityID: `${base}/metadata`,
  privateKey: fs.readFileSync(signingKey),
  signingCert: fs.readFileSync(signingCertificate),
  isAssertionEncrypted: false,
  requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  singleSignOnService: [{ Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: `${base}/sso` }],
  loginResponseTemplate: {
    // The library leaves the statement of authentication, which the profile demands, to its user.
    context: saml.SamlLib.defaultLoginResponseTemplate.context.replace('{AuthnStatement}', '<saml:AuthnStatement AuthnInstant="{IssueInstant}">'
      + '<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>'
      + '</saml:AuthnContext></saml:AuthnStatement>'),
    attributes: ['first', 'second'].map(tag => (
      { name: 'groups', valueTag: tag, nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', valueXsiType: 'xs:string' })),
  },
});

// What the gateway says of itself is read where it publishes it, as an operator's provider does.
const get = url => new Promise((resolve, reject) => https.get(url, { ca: fs.readFileSync(authorities) }, answer => {
  let text = '';
  answer.on('data', piece => { text += piece; });
  answer.on('end', () => resolve(text));
}).on('error', reject));

async function answer(request, response) {
  const url = new URL(request.url, base);
  if (url.pathname === '/metadata') return response.end(provider.getMetadata());
  const service = saml.ServiceProvider({ metadata: await get(metadataUrl), wantMessageSigned: false });
  const asked = zlib.inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest'), 'base64')).toString();
  const id = /\bID="([^"]+)"/.exec(asked)[1];
  const consumer = service.entityMeta.getAssertionConsumerService('post');
  const user = url.searchParams.get('user') ?? 'alice';
  const made = await provider.createLoginResponse(service, { extract: { request: { id } } }, 'post', {}, template => {
    const at = seconds => new Date(Date.now() + seconds * 1000).toISOString();
    const name = () => '_' + crypto.randomUUID();
    const self = name();
    return {
      id: self,
      context: saml.SamlLib.replaceTagsByValue(template, {
        ID: self, AssertionID: name(), Destination: consumer, Audience: service.entityMeta.getEntityID(), SubjectRecipient: consumer,
        AssertionConsumerServiceURL: consumer, EntityID: service.entityMeta.getEntityID(), Issuer: provider.entityMeta.getEntityID(), IssueInstant: at(0),
        ConditionsNotBefore: at(-5), ConditionsNotOnOrAfter: at(120), SubjectConfirmationDataNotOnOrAfter: at(120), InResponseTo: id,
        StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success', NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', NameID: user,
        attrFirst: people[user][0], attrSecond: people[user][1] ?? people[user][0],
      }),
    };
  });
  response.setHeader('content-type', 'text/html');
  response.end(`<form method="post" action="${consumer}"><input type="hidden" name="SAMLResponse" value="${made.context}"/></form>`);
}

https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (request, response) => answer(request, response).catch(error => {
  console.log('error', error);
  response.statusCode = 500;
  response.end(String(error));
})).listen(Number(port), '127.0.0.1', () => console.log('listening'));
