const { transform } = require('../../../jest.config.js');

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: 'node',
  rootDir: '../../..',
  roots: ['<rootDir>/test/review/with-engine'],
  testMatch: ['**/*.spec.ts'],
  transform,
  testTimeout: 300_000,
  maxWorkers: 1,
};
