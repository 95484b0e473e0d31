/**
 * What may import what. `npm run lint` holds the code to it; docs/architecture.md says what each room is for.
 *
 * A rule is "only these": a room that is named in none of its own list is not reached from there.
 */

/** Rooms by what they may reach, beside themselves and packages. */
const REACHES = {
  // What every command is made of.
  terminal: [],
  // The HCL library: no part of the app, so nothing of it is known here but how misspelt names are explained.
  synth: ['gateway/config/did-you-mean'],
  // Data: what the rest is rendered from. The stacks are made of constructs.
  src: ['constructs', 'gateway/config', 'synth', 'terminal'],
  // Props are checked there, and misspelt ones explained as the gateway does it.
  'constructs/common': ['synth', 'gateway/config/did-you-mean'],
  'constructs/workspace': ['constructs/common', 'src', 'synth', 'workspace-image'],
  'constructs/platform': ['constructs/common', 'src', 'synth'],
  // What programs of the images are made with.
  bundling: [],
  // Both bundle what a command line reads, by the file's name, and import none of it.
  'workspace-image': ['bundling', 'constructs/workspace', 'terminal'],
  'gateway-image': ['bundling', 'terminal', 'workspace-image/image/build'],
  // What both ends of a connection need, before there is a platform.
  certificates: ['src/(access-url|gateway-names|tls-variables)', 'terminal'],
  // It puts the others together: what makes images, certificates and the stack, and what is pushed.
  platform: [
    'administration/admin-client',
    'backup',
    'certificates',
    'constructs/platform',
    'gateway-image',
    'release/(document|preflight/listing)',
    'src',
    'terminal',
    'workspace-image',
  ],
  // What is a secret in a text is the same whoever asks.
  masking: [],
  // A service of its own: it needs no construct and no Terraform to run.
  gateway: [
    'certificates/pem',
    'masking',
    'src/(catalog|gateway-document|levels|policy)',
    'terminal/(file-fault|stop-signals)',
  ],
  // It knows the gateway by what it answers, as every other client does.
  administration: ['platform/(default-folder|gateway-place)', 'terminal'],
  // It reads and fills the store by itself, also while no gateway runs, and checks the account as one does.
  backup: ['gateway/(admin|config|store)', 'platform/platform-store', 'terminal'],
  // It looks at gateway and platform from outside, with what administers them.
  doctor: ['administration', 'certificates', 'constructs/platform', 'platform', 'src', 'terminal'],
  // It asks the gateway for the ledger's side, as administration does.
  reconcile: ['administration', 'terminal'],
  // It changes what the gateway holds, by the platform that runs it or by telling a person; prints it makes as the gateway does.
  rotation: [
    'administration',
    'certificates',
    'gateway/config/database-url',
    'gateway/keys/key-derivation',
    'gateway/secrets/secret-print',
    'platform',
    'terminal',
  ],
  release: [
    'administration',
    'synth',
    'gateway/config/(document|document-check|model-leave|variables)',
    'src/(catalog|gateway-document|levels|policy)',
    'terminal',
  ],
  // It knows the gateway by what it answers, and needs nothing else of us where it runs.
  review: ['masking', 'terminal'],
  bench: ['gateway', 'src', 'terminal'],
  // It plans with the provider that replays the schema, plays recorded answers, and looks after its processes, as the tests do.
  demo: ['src', 'terminal', 'test/harness', 'test/standins/anthropic'],
  // Dashboard and alerts name the gateway's metrics by the list itself.
  observability: ['gateway/telemetry/metrics'],
  // It names what preflight looks for, and writes files.
  create: ['release/preflight/secret-files', 'synth/template-name', 'terminal'],
  examples: ['constructs', 'src'],
  // What the package exports: names of the rooms below, and nothing of its own.
  library: ['constructs', 'src', 'synth'],
  // It renders what others are: it knows them all, and nobody knows it.
  documentation: ['cli', 'constructs', 'gateway', 'scripts/prop-shapes', 'src', 'synth', 'terminal'],
};

/** Within the gateway: what the parts of a call know of each other. */
const GATEWAY_REACHES = {
  concurrency: ['errors'],
  enforcement: ['errors', 'model'],
  errors: ['errors'],
  health: ['errors', 'log'],
  json: [],
  model: ['config/document', 'errors'],
  protocols: ['concurrency', 'config', 'enforcement', 'errors', 'http', 'json', 'log', 'model'],
  providers: ['concurrency', 'config', 'errors', 'http', 'json', 'log', 'model'],
  store: ['config', 'errors', 'log'],
  'ui/openid': ['admin/admin-keys', 'config', 'log', 'ui/local-path'],
};

const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    path: '^[a-z-]+/',
    dependencyTypesNot: ['core'],
    pathNot: [`^${from}/`, '^node_modules/', '^providers/', ...allowed.map((path) => `^${path}(/|\\.ts$)`)],
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that import each other are one: put what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nobody-imports-commands',
      comment:
        'A file of cli/ reads a command line, which the docs show. What the command does stays in its room.',
      severity: 'error',
      from: { pathNot: '^(bin|cli|documentation|test)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'gateway-without-cdktf',
      comment: 'A running gateway needs nothing that a synth needs.',
      severity: 'error',
      from: { path: '^gateway/' },
      to: { path: '^node_modules/(@cdktf|cdktf|constructs)/' },
    },
    ...Object.entries(REACHES).map(([room, allowed]) =>
      only(`${room.replace('/', '-')}-reaches`, room, allowed),
    ),
    ...Object.entries(GATEWAY_REACHES).map(([part, allowed]) =>
      only(`gateway-${part.replace('/', '-')}-reaches`, `gateway/${part}`, [
        'src/levels',
        'terminal/file-fault',
        ...allowed.map((path) => `gateway/${path}`),
      ]),
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^providers/coder/src'] },
    exclude: { path: ['^providers/coder/src', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json', '.cjs'] },
  },
};
