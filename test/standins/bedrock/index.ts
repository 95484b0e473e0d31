export { startBedrockStandin } from './standin';
export type { BedrockStandin, BedrockStandinOptions } from './standin';
export { startCredentialService } from './credential-service';
export type { CredentialService } from './credential-service';
export { exception, exceptionAfter } from './script';
export type { BedrockAnswer } from './script';
