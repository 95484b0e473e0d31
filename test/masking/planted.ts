/**
 * Secrets to find, and what only looks like them. Put together from pieces when the tests run: nobody who searches this
 * repository for secrets finds one.
 */
import { createHash } from 'node:crypto';

/** The same characters for the same name, as many as are asked for, out of an alphabet. */
export function drawn(name: string, length: number, alphabet: string): string {
  let text = '';
  for (let round = 0; text.length < length; round += 1)
    for (const byte of createHash('sha256').update(`${name} ${round}`).digest())
      if (byte < alphabet.length * Math.floor(256 / alphabet.length))
        text += alphabet[byte % alphabet.length];
  return text.slice(0, length);
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
export const ALPHANUMERIC = `${UPPER}${LOWER}${DIGITS}`;
export const URL_SAFE = `${ALPHANUMERIC}_-`;
const BASE64 = `${ALPHANUMERIC}+/`;
const HEX = '0123456789abcdef';

const wrapped = (text: string, at: number): string =>
  Array.from({ length: Math.ceil(text.length / at) }, (_, line) =>
    text.slice(line * at, (line + 1) * at),
  ).join('\n');

const dashes = '-'.repeat(5);
export const pem = (sort: string, length: number): string =>
  `${dashes}BEGIN ${sort}PRIVATE KEY${dashes}\n${wrapped(`MII${drawn(`pem ${sort}`, length, BASE64)}==`, 64)}\n${dashes}END ${sort}PRIVATE KEY${dashes}`;

export const jwt = (name: string): string =>
  [
    Buffer.from(`{"alg":"HS256","typ":"JWT","kid":"${name}"}`).toString('base64url'),
    Buffer.from(`{"sub":"${name}","iat":1516239022,"aud":["a","b"],"scope":"all"}`).toString('base64url'),
    drawn(name, 43, URL_SAFE),
  ].join('.');

/** Tokens that are told by themselves, wherever they stand. By name: the kind that the mask says, and how one is made. */
export const TOKENS: Readonly<Record<string, readonly [kind: string, make: (name: string) => string]>> = {
  gateway: ['gateway-key', (name) => `sk-${drawn(name, 43, URL_SAFE)}`],
  anthropic: ['anthropic-key', (name) => `sk-${'ant'}-api03-${drawn(name, 93, URL_SAFE)}AA`],
  'openai project': [
    'openai-key',
    (name) => `sk-${'proj'}-${drawn(name, 74, URL_SAFE)}T3Blbk${'FJ'}${drawn(`${name}2`, 74, URL_SAFE)}`,
  ],
  'openai old': [
    'openai-key',
    (name) => `sk-${drawn(name, 20, ALPHANUMERIC)}T3Blbk${'FJ'}${drawn(`${name}2`, 20, ALPHANUMERIC)}`,
  ],
  litellm: ['api-key', (name) => `sk-${drawn(name, 22, ALPHANUMERIC)}`],
  'aws id': ['aws-access-key', (name) => `AK${'IA'}${drawn(name, 16, `${UPPER}234567`)}`],
  'aws session id': ['aws-access-key', (name) => `AS${'IA'}${drawn(name, 16, `${UPPER}234567`)}`],
  github: ['github-token', (name) => `gh${'p_'}${drawn(name, 36, ALPHANUMERIC)}`],
  'github fine': [
    'github-token',
    (name) => `github_${'pat'}_${drawn(name, 22, ALPHANUMERIC)}_${drawn(`${name}2`, 59, ALPHANUMERIC)}`,
  ],
  gitlab: ['gitlab-token', (name) => `gl${'pat'}-${drawn(name, 20, URL_SAFE)}`],
  slack: [
    'slack-token',
    (name) =>
      `xo${'xb'}-${drawn(name, 12, DIGITS)}-${drawn(`${name}1`, 12, DIGITS)}-${drawn(`${name}2`, 24, ALPHANUMERIC)}`,
  ],
  stripe: ['stripe-key', (name) => `sk_${'live'}_${drawn(name, 24, ALPHANUMERIC)}`],
  google: ['google-key', (name) => `AI${'za'}${drawn(name, 35, URL_SAFE)}`],
  npm: ['npm-token', (name) => `np${'m_'}${drawn(name, 36, ALPHANUMERIC)}`],
  pypi: ['pypi-token', (name) => `py${'pi'}-AgEIcHlwaS5vcmc${drawn(name, 120, URL_SAFE)}`],
  sendgrid: [
    'vendor-token',
    (name) => `S${'G.'}${drawn(name, 22, URL_SAFE)}.${drawn(`${name}2`, 43, URL_SAFE)}`,
  ],
  huggingface: ['vendor-token', (name) => `h${'f_'}${drawn(name, 34, ALPHANUMERIC)}`],
  jwt: ['jwt', jwt],
};

/** Secrets that what stands around them tells. `{}` is where the secret stands. */
export const IN_CONTEXT: Readonly<
  Record<string, readonly [kind: string, text: string, make: (name: string) => string]>
> = {
  'aws secret in the environment': [
    'aws-secret-key',
    'export AWS_SECRET_ACCESS_KEY={}',
    (name) => drawn(name, 40, BASE64),
  ],
  'aws secret in an ini': [
    'aws-secret-key',
    '[default]\naws_secret_access_key = {}\nregion = eu-central-1',
    (name) => drawn(name, 40, BASE64),
  ],
  'aws secret in code': [
    'aws-secret-key',
    'new Client({ credentials: { secretAccessKey: "{}" } })',
    (name) => drawn(name, 40, BASE64),
  ],
  'aws secret beside its id': [
    'aws-secret-key',
    `AK${'IA'}QYLPMN5HHHFPZAM2,{}`,
    (name) => drawn(name, 40, BASE64),
  ],
  'url of a database': [
    'url-password',
    'postgres://app:{}@db.internal:5432/app?sslmode=require',
    (name) => drawn(name, 14, ALPHANUMERIC),
  ],
  'url with marks': [
    'url-password',
    'amqps://svc:{}@mq:5671',
    (name) => `${drawn(name, 8, ALPHANUMERIC)}%21!`,
  ],
  'url in json': [
    'url-password',
    '{"remote":"https:\\/\\/bot:{}@git.example.org\\/a.git"}',
    (name) => drawn(name, 20, ALPHANUMERIC),
  ],
  'redis without a user': [
    'url-password',
    'REDIS_URL=redis://:{}@cache:6379/0',
    (name) => drawn(name, 16, ALPHANUMERIC),
  ],
  'odbc string': [
    'connection-string',
    'Server=db;Database=app;User Id=sa;Password={};Encrypt=true',
    (name) => drawn(name, 9, ALPHANUMERIC),
  ],
  'azure storage': [
    'connection-string',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core.windows.net',
    (name) => `${drawn(name, 86, BASE64)}==`,
  ],
  'bearer header': [
    'bearer-token',
    'curl -H "Authorization: Bearer {}" https://api.example.org',
    (name) => drawn(name, 40, ALPHANUMERIC),
  ],
  'bearer in small letters': ['bearer-token', "authorization: 'bearer {}'", (name) => drawn(name, 32, HEX)],
  'basic header': [
    'authorization-header',
    'Authorization: Basic {}',
    (name) => `${Buffer.from(`user:${drawn(name, 12, ALPHANUMERIC)}1`).toString('base64')}`,
  ],
  'password in code': ['password', 'const password = "{}";', (name) => drawn(name, 14, `${ALPHANUMERIC}!#%`)],
  'password in python': ['password', "DB_PASSWORD: str = '{}'", (name) => drawn(name, 16, ALPHANUMERIC)],
  'password in json': ['password', '{"user":"app","password":"{}"}', (name) => drawn(name, 12, ALPHANUMERIC)],
  'password in json in json': [
    'password',
    '{"arguments":"{\\"user\\":\\"app\\",\\"password\\":\\"{}\\"}"}',
    (name) => drawn(name, 12, ALPHANUMERIC),
  ],
  'password in yaml': [
    'password',
    'database:\n  host: db\n  password: {}\n',
    (name) => drawn(name, 20, ALPHANUMERIC),
  ],
  'password on the next line': [
    'password',
    'password:\\n    \\"{}\\"',
    (name) => drawn(name, 20, ALPHANUMERIC),
  ],
  'password in .env': [
    'password',
    'DB_HOST=db\nDB_PASSWORD={}\nDB_NAME=app',
    (name) => drawn(name, 18, ALPHANUMERIC),
  ],
  'secret in .env': ['password', 'SESSION_SECRET={}', (name) => drawn(name, 64, HEX)],
  'api key in markdown': [
    'password',
    'Use the header `X-Api-Key: {}` for it.',
    (name) => drawn(name, 32, ALPHANUMERIC),
  ],
  'client secret in toml': ['password', 'client_secret = "{}"', (name) => drawn(name, 40, URL_SAFE)],
  'token in capitals': ['password', 'ACCESS_TOKEN="{}"', (name) => drawn(name, 30, ALPHANUMERIC)],
  'base64 with padding': [
    'password',
    'data:\n  password: {}',
    (name) => `${drawn(name, 22, ALPHANUMERIC)}==`,
  ],
  'npmrc of a registry': [
    'npm-token',
    '//registry.example.org/:_authToken={}',
    (name) => drawn(name, 32, HEX),
  ],
  'option of a command': [
    'password',
    'mycli login --password {} --user app',
    (name) => drawn(name, 16, ALPHANUMERIC),
  ],
  passphrase: [
    'password',
    'passphrase: "{}"',
    (name) => ['correct', 'horse', drawn(name, 8, LOWER), 'staple'].join(' '),
  ],
  'assignment in a call': ['password', 'client.setPassword("{}")', (name) => drawn(name, 16, ALPHANUMERIC)],
};

/** Where a token of its own shape is written down. */
export const PLACES: Readonly<Record<string, string>> = {
  code: 'const client = new Client({ key: "{}", retries: 3 });',
  'a name': 'backup-{}.tar.gz',
  'a commit message': 'fix: use {} until the vault is back\n\nCo-authored-by: someone',
  json: '{"a":[1,{"value":"{}"}]}',
  'json in json': '{"arguments":"{\\"command\\":\\"echo {}\\"}"}',
  'a line break in json': '{"content":"first line\\n{}\\nlast line"}',
  'a twice escaped line break': '{"content":"{\\"a\\":\\"x\\\\n{}\\\\ny\\"}"}',
  yaml: 'env:\n  - name: VALUE\n    value: {}\n',
  '.env': 'VALUE={}\n',
  markdown: 'Run it with `{}` as I did.',
  'a query': 'https://api.example.org/v1?x=1&y=%20{}&z=2',
  'a diff': '-  value: old\n+  value: {}\n',
};

const PACKAGES = ['left-pad', 'react', 'lodash', 'chalk', 'jest', 'esbuild', 'undici', 'zod', 'pg', 'tsx'];

/** What looks like a secret and is none. */
export function lookAlikes(): string[] {
  const sha = (algorithm: string, name: string) => createHash(algorithm).update(name);
  const uuid = (name: string) => {
    const hex = sha('sha256', name).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
  return [
    ...PACKAGES.flatMap((name) => [
      `"integrity": "sha512-${sha('sha512', name).digest('base64')}"`,
      `"resolved": "https://registry.example.org/${name}/-/${name}-1.2.3.tgz#${sha('sha1', name).digest('hex')}"`,
      `commit ${sha('sha1', `commit ${name}`).digest('hex')}`,
      `"id": "${uuid(name)}",`,
      `FROM ${name}@sha256:${sha('sha256', name).digest('hex')}`,
      `index ${sha('sha1', name).digest('hex').slice(0, 7)}..${sha('sha1', `${name}2`).digest('hex').slice(0, 7)} 100644`,
      `${name} v1.2.3 h1:${sha('sha256', name).digest('base64')}`,
    ]),
    'password = "your-password-here"',
    'password: changeme',
    'api_key = "<YOUR_API_KEY>"',
    'API_KEY=${API_KEY}',
    'const token = process.env.TOKEN;',
    "token = os.environ['GITHUB_TOKEN']",
    'password: {{ .Values.database.password }}',
    'const secret = await vault.read("kv/app");',
    'password: string;',
    'password?: string | undefined',
    '"password": "required|min:8"',
    'max_tokens: 4096, total_tokens = 123456789',
    'const apiKey = getApiKey(user.id);',
    'tokenType = "identifier"',
    'secret_name = "database-credentials-v2"',
    'password_file: /run/secrets/db_password_2',
    'token_endpoint: "https://login.example.org/oauth2/v2.0/token"',
    'if (password === confirmation) return true;',
    '<input type="password" name="password" placeholder="Password">',
    "label: 'Password', hint: 'At least 12 characters, one digit'",
    'passwordMinLength = 12',
    'password: "at least twelve characters of three sorts"',
    'Authorization: Bearer $TOKEN',
    'Authorization: Bearer <token>',
    'Authorization: Bearer ${{ secrets.GITHUB_TOKEN }}',
    'git clone https://github.com/example/project.git',
    'http://localhost:8080/users@example.org',
    'http://proxy.example.org:3128/path@2x.png',
    'postgres://postgres:postgres@localhost:5432/test',
    'mongodb://<user>:<password>@host/db',
    'ssh git@github.com:example/project.git',
    'the task-550e8400-e29b-41d4-a716-446655440000 is done',
    'disk-image-of-the-machine-2024-01-01-and-others-of-it',
    'class="sk-estimator-doc-link sk-toggleable__content"',
    'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'sk-your-key-goes-here-and-nowhere-else-at-all',
    'sk-...abcd',
    `text.includes("${dashes}BEGIN PRIVATE KEY${dashes}")`,
    `${dashes}BEGIN CERTIFICATE${dashes}\nMIIB${drawn('certificate', 200, BASE64)}\n${dashes}END CERTIFICATE${dashes}`,
    `${dashes}BEGIN PUBLIC KEY${dashes}\nMIIB${drawn('public', 200, BASE64)}\n${dashes}END PUBLIC KEY${dashes}`,
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHarmlessPublicKeyOfSomebodyElse user@host',
    `<img src="data:image/png;base64,iVBORw0KGgo${drawn('picture', 400, BASE64)}">`,
    `//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXX0=`,
    'Bearer authentication of the gateway is described below',
    'token: Token | undefined,',
    'for (const token of tokens) visit(token.kind, token.value);',
    'export const PASSWORD_PATTERN = /^[a-z]+$/;',
    'expect(token).toEqual("abc")',
    'AKIAIOSFODNN7 is how such an id begins',
    'npm_config_registry=https://registry.example.org/',
    'xoxb-your-token-here',
    'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'secret: "None"',
    'credentials: "include"',
    "password: '********'",
    'The password is stored as a hash of 32 bytes.',
    'tokens: { prompt: 12345, completion: 678 }',
    'accessKey: accessKeyFromSettings,',
    'const privateKey = readFileSync(path.join(folder, "key.pem"), "utf8");',
    'csrfToken = document.querySelector("meta[name=csrf]").content',
    'apiKey: { type: "string", description: "Key of the API" },',
  ];
}
