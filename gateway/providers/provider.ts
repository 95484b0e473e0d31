/** A provider of models: how a call is written for it and how its answers are read. Knows nothing of sockets. */
import type { DeploymentDocument, ModelDocument } from '../config/document';
import type { GatewayError } from '../errors';
import type { JsonMembers } from '../json/json-members';
import type { ModelAnswer, StreamEvent } from '../model/answer';
import type { MediaWeight } from '../model/media-weight';
import type { ModelRequest } from '../model/request';
import type { Usage } from '../model/usage';
import type { ToolNames } from './fit/tool-names';
import type { PropertyNames } from './messages/property-names';

/** The part of a call's body that does not depend on the deployment: written once, measured once, sent many times. */
export interface SharedBody {
  readonly members: JsonMembers;
  /** Of what is in these members, which may be less than what was asked. */
  readonly media: MediaWeight;
  /** Beta features of the provider's that the body needs. */
  readonly betas: readonly string[];
  /** Fewest output tokens the provider takes the body with. */
  readonly leastTokens: number;
  /** What the client asked for and this body leaves out, by the names of its fields. */
  readonly dropped: readonly string[];
  /** Parameters of tools whose names the body has changed, for whoever reads its calls. @default none */
  readonly propertyNames?: PropertyNames;
  /** A tool the body added whose call is the answer itself. */
  readonly answerTool?: string;
  /** Tools that the body has by other names than the client. */
  readonly toolNames?: ToolNames;
}

export interface UpstreamRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AnswerOptions {
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly betas: readonly string[];
}

/**
 * Takes a stream's bytes in any cut and gives its events. Synchronous. That the bytes cannot be read is an event too:
 * what is thrown is a fault of whoever listens, and none of the provider's.
 */
export interface EventReader {
  push(chunk: Buffer): void;
  /** The bytes have ended. */
  end(): void;
  /**
   * What the call came to so far, by the provider's own word: its input is told whole, its output may grow. Undefined as
   * long as the input is not told, or when what was told cannot be read. The same object as long as nothing changes.
   */
  readonly usageSoFar: Usage | undefined;
  /** Habits of the server's that the reader made up for so far, by name; never content. @default it makes up for none */
  readonly mended?: readonly string[];
}

export interface Provider {
  /** As headers and ledger have it; two of one name have the same prices. */
  readonly name: string;
  /** Throws `request_invalid` for what this provider cannot be asked. */
  writeBody(request: ModelRequest, model: ModelDocument): SharedBody;
  /** A promise where credentials may have to be asked for first; it rejects with the GatewayError of the attempt. */
  writeRequest(
    deployment: DeploymentDocument,
    body: SharedBody,
    options: AnswerOptions,
  ): UpstreamRequest | Promise<UpstreamRequest>;
  /** Asks how many input tokens the body comes to, which costs nothing. Undefined: the provider does not say. */
  writeCount?(deployment: DeploymentDocument, body: SharedBody, betas: readonly string[]): UpstreamRequest;
  /** As `writeCount`, about the body's first members (`JsonMembers.lead`) alone. Undefined: the provider does not say. */
  writeLeadCount?(deployment: DeploymentDocument, body: SharedBody): UpstreamRequest;
  /** Throws `provider_failed` when it is no answer. */
  readAnswer(text: string): ModelAnswer;
  eventReader(listener: (event: StreamEvent) => void): EventReader;
  /** What a status other than 200 means for the client. */
  readError(status: number, headers: UpstreamHeaders, text: string): GatewayError;
}

/** The name a deployment's provider goes by among those that are configured. */
export const providerKey = ({ provider, endpoint }: DeploymentDocument): string =>
  endpoint === undefined ? provider : `${provider}/${endpoint}`;

export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;
