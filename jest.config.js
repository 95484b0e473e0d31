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
  },
  // For what hangs: a machine with too much to do takes many times as long as a quiet one.
  testTimeout: 300_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/slow-first.cjs',
};
