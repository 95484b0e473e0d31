/**
 * The prompt cache: what a request writes to it and reads from it, by its breakpoints.
 *
 * A prefix is read again only when every byte of it is the same, so a gateway that changes the start of a prompt
 * from one request to the next shows in the usage. Lives are not kept: an entry stays as long as the stand-in.
 */
import { createHash } from 'node:crypto';
import type { Call, Json } from './call';
import { isObject, list, modelOf } from './call';
import { estimateTokens, valueTokens } from './tokens';
import type { Usage } from './script';

type Part = { readonly value: unknown; readonly ttl: '5m' | '1h' | undefined };

function part(value: unknown): Part {
  const control = isObject(value) ? value['cache_control'] : undefined;
  if (!isObject(control)) return { value, ttl: undefined };
  return { value, ttl: control['ttl'] === '1h' ? '1h' : '5m' };
}

/** In the order of the prompt: tools, system, messages; the content of a message block by block. */
function parts(body: Json): Part[] {
  const conversation = list(body['messages']).flatMap((message): Part[] => {
    if (!isObject(message)) return [];
    const { role, content } = message;
    return Array.isArray(content)
      ? content.map((block) => ({ ...part(block), value: { role, block: block as unknown } }))
      : [{ value: { role, content }, ttl: undefined }];
  });
  const system = typeof body['system'] === 'string' ? [body['system']] : list(body['system']);
  const all = [...list(body['tools']).map(part), ...system.map(part), ...conversation];
  const whole = part({ cache_control: body['cache_control'] });
  const last = all.at(-1);
  // A top-level mark stands for one on the last block.
  if (whole.ttl && last && !last.ttl) all[all.length - 1] = { ...last, ttl: whole.ttl };
  return all;
}

export type InputUsage = Omit<Usage, 'output_tokens'>;

export class PromptCache {
  private readonly prefixes = new Set<string>();

  /** The input side of the usage of this request; remembers what it wrote. */
  use(call: Call): InputUsage {
    const total = estimateTokens(call.body);
    const smallest = modelOf(call)?.minCacheTokens ?? 0;
    const hash = createHash('sha256').update(String(call.body['model']));
    let tokens = 0;
    let read = 0;
    let written = 0;
    let longWritten = 0;
    for (const { value, ttl } of parts(call.body)) {
      const text = JSON.stringify(value, (key, inner: unknown) =>
        key === 'cache_control' ? undefined : inner,
      );
      hash.update(text).update('\0');
      // Never beyond the total: the parts are counted one by one and each is rounded up.
      tokens = Math.min(total, tokens + valueTokens(value));
      if (!ttl || tokens < smallest) continue;
      const key = hash.copy().digest('hex');
      if (this.prefixes.has(key)) {
        read = tokens;
        written = 0;
        longWritten = 0;
        continue;
      }
      this.prefixes.add(key);
      if (ttl === '1h') longWritten = tokens - read - written;
      written = tokens - read;
    }
    return {
      input_tokens: total - read - written,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: read,
      cache_creation: {
        ephemeral_5m_input_tokens: written - longWritten,
        ephemeral_1h_input_tokens: longWritten,
      },
    };
  }
}
