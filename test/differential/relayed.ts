/** A call taken through the gateway's readers and writers, without a socket. */
import type { IncomingHttpHeaders } from 'node:http';
import { frameOf } from '../../gateway/stages/answer-frame';
import type { ModelAnswer } from '../../gateway/model/answer';
import { prepare } from '../fuzz/prepared-call';
import { brokenRule } from '../fuzz/provider-refusal';
import type { ScriptedAnswer } from '../standins/anthropic';
import type { Json } from '../standins/anthropic/call';
import { answerOf, bodyOf } from './providers';
import type { Way } from './ways';

export interface Relayed {
  /** What the provider was sent. */
  readonly sent: Json;
  /** The client's answer, where it is whole. */
  readonly whole: string | undefined;
  /** The provider's stream. */
  readonly stream: Buffer;
  /** The client's stream: what each chunk of the provider's brings, at once, as the gateway writes it. */
  write(chunks: readonly Buffer[]): string[];
}

/** Throws when the provider would refuse what it is sent. */
export function relay(
  { protocol, provider, services }: Way,
  text: string,
  headers: IncomingHttpHeaders,
  script: ScriptedAnswer,
): Relayed {
  const { call, upstream } = prepare(services, protocol, 'standard', headers, Buffer.from(text), () => {});
  const request = upstream[0]?.request;
  if (request === undefined) throw new Error('the gateway asks nobody');
  const sent = bodyOf(request);
  const broken = brokenRule(provider, request, sent);
  if (broken) throw new Error(`${provider.name} refuses: ${broken.id}: ${broken.message}`);
  const answer = answerOf(provider, request, sent, script);
  const frame = frameOf(call, provider);
  return {
    sent,
    whole:
      answer.whole === undefined
        ? undefined
        : protocol.renderAnswer(sound(provider.readAnswer(answer.whole)), frame),
    stream: answer.stream ?? Buffer.alloc(0),
    write(chunks) {
      const writer = protocol.streamWriter(frame);
      let out = '';
      const reader = provider.eventReader((event) => {
        if (event.type === 'error') throw new Error(`the stream fails: ${event.message}`);
        out += writer.write(event);
      });
      const written = chunks.map((chunk) => {
        out = '';
        reader.push(chunk);
        return out;
      });
      reader.end();
      return written.filter((part) => part !== '');
    },
  };
}

function sound(answer: ModelAnswer): ModelAnswer {
  if (answer.fault) throw answer.fault;
  return answer;
}
