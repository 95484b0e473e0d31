/** A call as Anthropic would have got it, so that its rules can be asked: what both refuse is written down once. */
import type { IncomingHttpHeaders } from 'node:http';
import { isObject, MESSAGES, type Call, type StandinKnowledge } from '../anthropic/call';

const PATH = /^\/model\/([^/?]+)\/(invoke|invoke-with-response-stream)$/;
/** Members of a body that Anthropic's has not. */
const OWN_MEMBERS = ['anthropic_beta', 'anthropic_version'];

export interface Operation {
  /** The id of the path. */
  readonly model: string;
  readonly isStreamed: boolean;
}

/** Undefined for a path that Bedrock does not serve. */
export function operationOf(path: string): Operation | undefined {
  const [, id, operation] = PATH.exec(path) ?? [];
  if (id === undefined) return undefined;
  return { model: decodeURIComponent(id), isStreamed: operation === 'invoke-with-response-stream' };
}

export interface BedrockCall {
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  readonly parsed: unknown;
  /** Bytes of the body. */
  readonly size: number;
  readonly model: string;
}

export function asAnthropicCall(
  { headers, parsed, size, model }: BedrockCall,
  known: StandinKnowledge,
): Call {
  const members = Object.entries(isObject(parsed) ? parsed : {});
  const rest = Object.fromEntries(members.filter(([name]) => !OWN_MEMBERS.includes(name)));
  return {
    method: 'POST',
    path: MESSAGES,
    headers: {
      ...headers,
      'x-api-key': known.apiKey,
      'anthropic-version': '2023-06-01',
      // General on Bedrock, which Anthropic's rules ask a beta for.
      'anthropic-beta': [...known.betas].join(','),
    },
    size,
    parsed,
    body: { ...rest, model },
    known,
  };
}
