// Packages that are ES modules alone: Jest requires them only on versions of Node.js newer than the oldest that is served.
const ES_MODULES = '(openid-client|oauth4webapi|jose)/';

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
    [`/node_modules/${ES_MODULES}.+\\.js$`]: [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!${ES_MODULES})`, '\\.pnp\\.[^\\/]+$'],
  // For what hangs: a machine with too much to do takes many times as long as a quiet one.
  testTimeout: 300_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/slow-first.cjs',
};
