/** What a platform of one's own is made of: `import { runPlatformProgram } from 'contractor-workspace/platform'`. */
export { platformPolicy, withTlsGateways } from '../src/platform-policy';
export { runPlatformProgram, type PlatformProgramProps } from '../src/platform-program';
export { AiPlatformStack, type AiPlatformStackProps } from '../src/stacks/ai-platform';
export * from '../constructs/platform/ai-platform';
export * from '../constructs/platform/secret-variable';
export * from '../constructs/platform/service-image';
export * from '../constructs/platform/tls';
