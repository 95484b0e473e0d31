import { checkSecrets, suspectsIn } from '../../release/preflight/secrets';
import { readTemplate } from '../../release/template-folder';
import { SNAPSHOT, TEMPLATES } from './support';
import { join } from 'node:path';

// Put together here, so that nobody who scans this repository takes them for real ones.
const HEX = '9f86d081884c7d65' + '9a2feaa0c55ad015' + 'a3bf4f1b2b0b822c';
const join2 = (...parts: readonly string[]): string => parts.join('');

test.each([
  ['a key of Anthropic', join2('ANTHROPIC_API_KEY=sk-', 'ant-api03-', HEX)],
  ['an access key of AWS', join2('aws_access_key_id = "AKI', 'AIOSFODNN7EXAMPLE"')],
  ['a private key', join2('-----BEGIN RSA ', 'PRIVATE KEY-----')],
  ['a private key', join2('-----BEGIN ', 'PRIVATE KEY-----')],
  ['a token of GitHub', join2('gh', 'p_', 'a1B2'.repeat(9))],
  ['a token of GitHub', join2('github', '_pat_', 'a1B2'.repeat(12))],
  ['a token of GitLab', join2('gl', 'pat-', 'a1B2c3D4e5F6g7H8i9J0')],
  ['a token of Slack', join2('xox', 'b-123456789012-abcdefghijkl')],
  ['a signed token', join2('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0NTY3ODkw', '.', HEX)],
  ['a password in an address', 'postgres://litellm:hunter2hunter2@db:5432/litellm'],
  ['a key of a gateway or a provider', `litellm_api_key = "sk-${HEX}"`],
  ['a long random value under the name of a secret', `default = "x"\nworkspace_claim_secret: ${HEX}`],
  ['a long random value under the name of a secret', `WORKSPACE_CLAIM_SECRET="${HEX}"`],
  ['a long random value under the name of a secret', `"password" = "${HEX}"`],
  ['a long random value under the name of a secret', `api_key => '${HEX}'`],
])('%s is found in %j', (what, text) => {
  expect(suspectsIn(text).map((suspect) => suspect.what)).toEqual([what]);
});

test.each([
  ['a digest of an image', `image = "registry.example.com/workspace@sha256:${HEX}${HEX.slice(0, 16)}"`],
  ['a name', 'value = data.coder_parameter.litellm_api_key.value'],
  ['a call', 'workspace_claim_proof_secret = sha256("${var.workspace_claim_secret}")'],
  ['an example', 'starts with sk-your-own-key-goes-here-please'],
  ['words', 'secret = "the-secret-lies-in-a-sensitive-variable"'],
  ['a variable of the shell', 'token="${CODER_AGENT_TOKEN}"'],
  ['an expression for addresses', 'regex = "^$|^(https://|ssh://|git@)[^\\\\s]+$"'],
  ['an address without a password', 'url = "http://litellm:4000/v1/models"'],
  ['a public key', '-----BEGIN PUBLIC KEY-----'],
  ['a short value', 'token = "abc123"'],
])('%s is no secret: %j', (_, text) => {
  expect(suspectsIn(text)).toEqual([]);
});

test('says where, never what', () => {
  const finding = checkSecrets(new Map([['a.sh', `one\nTOKEN=${HEX}\n`]]));
  expect(finding).toMatchObject({
    state: 'error',
    places: ['a.sh:2 looks like a long random value under the name of a secret'],
  });
  expect(JSON.stringify(finding)).not.toContain(HEX.slice(0, 8));
});

test.each(TEMPLATES)('our own template %s has none', (name) => {
  expect(checkSecrets(readTemplate(join(SNAPSHOT, '..', name))).state).toBe('ok');
});
