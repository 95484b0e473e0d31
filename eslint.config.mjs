import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';
import boundedExpressions from './scripts/lint/bounded-expressions.cjs';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'cdktf.out/',
      'dist/',
      'providers/coder/src/',
      '.data/',
      'coverage/',
      'docs-site/',
      'test/platform/reviewed/',
      // It is compiled where the package is installed.
      'test/package/consumer/',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', '*.js', 'scripts/*.mjs', 'scripts/*.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      // Whoever requires TypeScript by our hook sees the value that an export had first.
      'no-restricted-syntax': [
        'error',
        {
          selector: "ExportNamedDeclaration > VariableDeclaration[kind='let']",
          message: 'Export a function that gives the value: exported variables must not change.',
        },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Where callers and providers are listened to, not those who run the gateway: they may hold it up as they like.
    files: ['gateway/**/*.ts'],
    ignores: ['admin', 'coder', 'config', 'errors', 'ledger', 'store'].map((part) => `gateway/${part}/**`),
    plugins: { gateway: { rules: { 'bounded-expressions': boundedExpressions } } },
    rules: { 'gateway/bounded-expressions': 'error' },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  // A command loads what it does when it is asked for: explaining itself takes no time then. So do traces, and
  // metrics by OTLP.
  {
    files: ['cli/*.ts', 'gateway/telemetry/*/start-*.ts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['jest.config.js', '**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  prettier,
);
