/** A completion at each level, each with a key that is made for it and ended after it: the prompt goes out exactly once. */
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { money } from '../../terminal/figures';
import { LEVELS, type Level } from '../../src/levels';
import { ask, type Answer } from '../ask';
import { messageIn, Refused, type Facts } from '../facts';
import { fault, note, ok, type Check, type Found } from '../finding';

/** US dollars that such a key may spend, and how long it lives where nobody ends it. */
const BUDGET = 0.5;
const LIFE = '10m';
const SCOPE = 'ci:doctor';
const MAX_TOKENS = 16;
const LIMIT_MS = 60_000;
/** Milliseconds in which what a call has cost is booked, and between two looks. */
const BOOKED_MS = 5_000;
const LOOK_MS = 100;
/** Milliseconds for ending a key when the time for all checks is over. */
const END_MS = 5_000;

export const COMPLETIONS: readonly Check[] = [
  {
    name: 'completions',
    needs: ['completions', 'gateway', 'data'],
    find: async (facts) => {
      const model = facts.words.model ?? (await cheapest(facts));
      if (model === undefined)
        return [fault('no model is served that could be asked', 'configure a provider')];
      const found: Found[] = [];
      let spent = 0;
      for (const level of LEVELS) {
        const { cost, says } = await askAt(facts, level, model);
        spent += cost;
        found.push(...says);
      }
      return [...found, note(`${LEVELS.length} completions of ${model} cost ${money(spent)}`)];
    },
  },
];

interface ModelInfo {
  readonly model_name: string;
  readonly model_info: {
    readonly available: boolean;
    readonly input_cost_per_token: number;
    readonly output_cost_per_token: number;
  };
}

async function cheapest(facts: Facts): Promise<string | undefined> {
  const { json } = await facts.admin('GET', '/model/info');
  const answering = new Set(
    (await facts.deployments())
      .filter(({ state }) => state === 'answers' || state === 'not asked')
      .map(({ model }) => model),
  );
  return (json as { data: readonly ModelInfo[] }).data
    .filter(({ model_name: name, model_info: { available } }) => available && answering.has(name))
    .sort((one, other) => one.model_info.input_cost_per_token - other.model_info.input_cost_per_token)[0]
    ?.model_name;
}

async function askAt(facts: Facts, level: Level, model: string): Promise<{ cost: number; says: Found[] }> {
  const made = await facts.admin('POST', '/key/generate', {
    scope: SCOPE,
    level,
    models: [model],
    max_budget: BUDGET,
    duration: LIFE,
    key_alias: `doctor-${level}-${randomBytes(4).toString('hex')}`,
  });
  const { key } = made.json as { key: string };
  try {
    const answer = await complete(facts, key, level, model);
    return { cost: await costOf(facts, key, answer.status === 200), says: judge(level, answer) };
  } finally {
    // Also when the time is over: it would live for some minutes more.
    await facts
      .admin('POST', '/key/delete', { keys: [key] }, AbortSignal.timeout(END_MS))
      .catch(() => undefined);
  }
}

/** As assistants do, with a copy of the prompt in their own instructions: it must go out once all the same. */
function complete({ site, stop }: Facts, key: string, level: Level, model: string): Promise<Answer> {
  const copy = readFileSync(join(__dirname, '..', '..', 'prompts', `${level}.md`), 'utf8').trim();
  return ask(
    { ...site.data, url: `${site.data?.url ?? ''}/v1/chat/completions` },
    {
      method: 'POST',
      signal: stop,
      limitMs: LIMIT_MS,
      headers: { authorization: `Bearer ${key}`, 'x-gateway-check': 'prompts' },
      body: {
        model,
        max_tokens: MAX_TOKENS,
        messages: [
          ...(copy === '' ? [] : [{ role: 'system', content: copy }]),
          { role: 'user', content: 'Say hello.' },
        ],
      },
    },
  );
}

const LOOK_AT_LOG = 'look into the log of the gateway, and at the key of the provider';

function judge(level: Level, { status, headers, json, tookMs }: Answer): Found[] {
  if (status !== 200)
    return [fault(`at ${level}: ${messageIn(json) ?? `the gateway answers ${status}`}`, LOOK_AT_LOG)];
  const held = String(headers['x-gateway-level']);
  const copies = copiesIn(headers['x-gateway-prompts']);
  if (copies === undefined)
    return [
      fault(
        `at ${level}: the gateway does not tell how often the prompts went out`,
        'bring gateway and this program to one version',
      ),
    ];
  const wrong = LEVELS.filter((each) => copies.has(each) && copies.get(each) !== (each === held ? 1 : 0));
  if (wrong.length > 0)
    return [
      fault(
        `at ${held} the prompts went out as ${[...copies].map(([name, n]) => `${name} ${n} times`).join(', ')}`,
        'take this gateway out of use: calls are not enforced as they should be',
      ),
    ];
  const how = copies.has(held) ? 'with its prompt exactly once' : 'without a prompt, as it should be';
  return [
    ok(`at ${level}: answered after ${tookMs} ms, ${how}`),
    ...(held === level ? [] : [note(`a key at ${level} is held to ${held} by a floor`)]),
  ];
}

function copiesIn(header: string | string[] | undefined): Map<string, number> | undefined {
  if (typeof header !== 'string') return undefined;
  return new Map(
    header
      .slice(0, 500)
      .split(', ')
      .map((each): [string, number] => {
        const [name = '', count = ''] = each.split('=');
        return [name, Number(count)];
      }),
  );
}

/** US dollars; booked a moment after the answer. */
async function costOf(facts: Facts, key: string, isBilled: boolean): Promise<number> {
  const end = performance.now() + (isBilled ? BOOKED_MS : 0);
  for (;;) {
    const { json } = await facts.admin('POST', '/key/info', { key }).catch((thrown: unknown) => {
      if (thrown instanceof Refused) return { json: undefined };
      throw thrown;
    });
    const spend = (json as { info?: { spend?: unknown } } | undefined)?.info?.spend;
    if (typeof spend === 'number' && spend > 0) return spend;
    if (performance.now() > end) return 0;
    await delay(LOOK_MS);
  }
}
