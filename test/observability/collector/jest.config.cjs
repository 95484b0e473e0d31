/** Of `npm run test:collector` alone: what is in here is no `*.test.ts`. */
module.exports = {
  ...require('../../../jest.config.js'),
  rootDir: '../../..',
  roots: ['<rootDir>/test/observability/collector'],
  testMatch: ['**/*.spec.ts'],
};
