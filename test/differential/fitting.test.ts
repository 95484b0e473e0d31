/**
 * What a client writes for the newest model, at every model: nothing is refused that could have been fitted, what was
 * changed is named, and what the model takes as it is goes out as it was written, byte by byte.
 */
import fc from 'fast-check';
import type { ModelDocument } from '../../gateway/config/document';
import { ElementAllowance } from '../../gateway/http/element-allowance';
import { wantedTokens } from '../../gateway/model/wanted-tokens';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { PASSED_BETAS } from '../../gateway/protocols/anthropic-messages/betas';
import { markForCache } from '../../gateway/providers/messages/cache-marks';
import { providerKey, type Provider } from '../../gateway/providers/provider';
import { brokenRule } from '../fuzz/provider-refusal';
import { ANTHROPIC, COMPATIBLE, OWN_MODEL, PROVIDERS } from '../fuzz/providers';
import { modelNamed } from '../gateway/support/models';
import { list, type Json } from '../standins/anthropic/call';
import { newestRequest, type NewestRequest } from './newest-requests';

const RUNS = Number(process.env['DIFFERENTIAL_CASES'] ?? 400);

const NAMES = [
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
  'claude-opus-4',
  'claude-sonnet-5-5',
  'claude-opus-5-5',
  'bedrock-claude-sonnet',
  'bedrock-claude-haiku',
];

/** A model of one's own, with these facts. */
const own = (facts: Partial<ModelDocument>): ModelDocument => ({
  name: 'local',
  display_name: 'local',
  context_window: 100_000,
  max_output_tokens: 8_000,
  min_cache_tokens: 0,
  supports_images: false,
  aliases: [],
  deployments: [
    {
      provider: 'openai-compatible',
      endpoint: 'own',
      id: OWN_MODEL,
      price: { input: 1, output: 1, cache_write: 1, cache_read: 1 },
    },
  ],
  ...facts,
});

const MODELS: readonly ModelDocument[] = [
  ...NAMES.map((name) => modelNamed(name)),
  // Writes less than its like, so that a number of tokens may be more than it can write.
  modelNamed('claude-haiku-4-5', { max_output_tokens: 6_000 }),
  own({}),
  own({ reasoning: 'effort', efforts: ['low', 'medium'], prefill: false }),
  own({ reasoning: 'effort', sampling: 'none' }),
];

interface Sent {
  readonly provider: Provider;
  readonly body: string;
  readonly broken: string | undefined;
  readonly dropped: readonly string[];
}

/** @param bytes of a request; many: it is marked for the cache where its client did not */
function send({ body, betas }: NewestRequest, model: ModelDocument, bytes = 1_000_000): Sent[] {
  const headers = betas.length > 0 ? { 'anthropic-beta': betas.join(',') } : {};
  const read = anthropicMessages.readRequest(
    { model: model.name, ...structuredClone(body) },
    headers,
    new ElementAllowance(10_000),
  );
  markForCache(read, bytes, model.min_cache_tokens);
  const maxTokens = wantedTokens(read, model);
  return model.deployments.map((deployment) => {
    const provider = PROVIDERS.get(providerKey(deployment));
    if (provider === undefined) throw new Error(`${providerKey(deployment)} is not configured`);
    const shared = provider.writeBody(read, model);
    const upstream = provider.writeRequest(deployment, shared, {
      maxTokens,
      stream: read.stream,
      betas: shared.betas,
    });
    if (upstream instanceof Promise) throw new Error(`${provider.name} takes its time to write`);
    const text = upstream.body.toString();
    const broken = brokenRule(provider, upstream, JSON.parse(text));
    return {
      provider,
      body: text,
      broken: broken && `${broken.id}: ${broken.message}`,
      dropped: [...read.droppedFields, ...shared.dropped],
    };
  });
}

const anyModel = fc.constantFrom(...MODELS);

test('no provider refuses what a client writes for the newest model', () => {
  fc.assert(
    fc.property(newestRequest, anyModel, (request, model) => {
      for (const { provider, broken } of send(request, model))
        expect({ at: `${provider.name}, ${model.name}`, broken }).toEqual({
          at: `${provider.name}, ${model.name}`,
          broken: undefined,
        });
    }),
    { numRuns: RUNS },
  );
});

/** The members of a body as Anthropic is sent them, in their order. */
const ORDER = [
  'system',
  'messages',
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'stop_sequences',
  'metadata',
  'thinking',
  'top_k',
  'service_tier',
  'output_config',
  'output_format',
  'cache_control',
];

/** Without any fitting: as the client wrote it, with what differs by deployment before it. */
function plainBody({ body }: NewestRequest, model: ModelDocument): string {
  const written: Json = {
    model: model.deployments[0]?.id,
    max_tokens: Math.min(Number(body['max_tokens']), model.max_output_tokens),
    stream: body['stream'],
  };
  for (const name of ORDER) {
    const value = body[name];
    const isEmpty = value === undefined || (name === 'stop_sequences' && list(value).length === 0);
    if (!isEmpty) written[name] = name === 'messages' ? list(value).map(withBlocks) : value;
  }
  return JSON.stringify(written);
}

const withBlocks = (message: unknown): unknown => {
  const { role, content } = message as Json;
  return { role, content: typeof content === 'string' ? [{ type: 'text', text: content }] : content };
};

test('what the model takes as it is, goes out as it was written', () => {
  let taken = 0;
  fc.assert(
    fc.property(newestRequest, anyModel, (request, model) => {
      const [first] = model.deployments;
      if (first?.provider !== 'anthropic') return;
      // Marked by its client, so that no marks are added.
      const marked = { ...request, body: { ...request.body, cache_control: { type: 'ephemeral' } } };
      const plain = plainBody(marked, model);
      const passed = request.betas.filter((name) => Object.hasOwn(PASSED_BETAS, name));
      const headers = {
        'x-api-key': 'sk-ant-fuzz',
        'anthropic-version': '2023-06-01',
        'anthropic-beta': passed.join(','),
      };
      const upstream = { path: '/v1/messages', headers, body: Buffer.from(plain) };
      if (brokenRule(ANTHROPIC, upstream, JSON.parse(plain)) !== undefined) return;
      taken += 1;
      const sent = send(marked, model)[0];
      expect(sent?.body).toBe(plain);
      const left = sent?.dropped.filter((name) => !name.startsWith('anthropic-beta.'));
      expect(left).toEqual(request.body['context_management'] === undefined ? [] : ['context_management']);
    }),
    { numRuns: RUNS * 3 },
  );
  // It is about something.
  expect(taken).toBeGreaterThan(RUNS / 40);
});

test('a fitted request that is sent again with more behind it begins as before', () => {
  fc.assert(
    fc.property(newestRequest, anyModel, (request, model) => {
      const longer = {
        ...request,
        body: {
          ...request.body,
          cache_control: undefined,
          messages: [
            ...request.body.messages.filter(
              (_, at, all) => at < all.length - 1 || all.at(-1)?.['role'] !== 'assistant',
            ),
          ],
        },
      };
      const further = {
        ...longer,
        body: {
          ...longer.body,
          messages: [
            ...longer.body.messages,
            { role: 'assistant', content: [{ type: 'text', text: 'It is.' }] },
            { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
          ],
        },
      };
      const turns = (from: NewestRequest): string[] =>
        send(from, model, -1).map(({ body }) =>
          JSON.stringify((JSON.parse(body) as Json)['messages']).slice(0, -1),
        );
      const [before, after] = [turns(longer), turns(further)];
      before.forEach((begun, at) => expect(after[at]?.startsWith(begun)).toBe(true));
    }),
    { numRuns: RUNS },
  );
});

test('an endpoint is sent its own word for how much is thought, and no other', () => {
  const [sent] = send(
    {
      body: { max_tokens: 9, thinking: { type: 'adaptive' }, messages: [{ role: 'user', content: 'a' }] },
      betas: [],
    },
    own({ reasoning: 'effort', efforts: ['low', 'medium'] }),
  );
  expect(sent?.provider).toBe(COMPATIBLE);
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({ reasoning_effort: 'medium' });
  expect(sent?.dropped).toEqual(['thinking']);
});
