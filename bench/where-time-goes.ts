/** Which parts of the gateway its CPU time goes to, from a CPU profile. */
import type { Profiler } from 'node:inspector';

export interface PartShare {
  readonly part: string;
  /** Of the time in which anything was done, from 0 to 1. */
  readonly share: number;
}

const IDLE = '(idle)';

/**
 * What a function is part of, by the file it is in: the first that matches. A function that no line matches belongs
 * to whatever called it, so what Node.js does on behalf of a stage is the stage's.
 */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/\/bench\//, IDLE],
  [/\/gateway\/(stages\/authenticate|keys\/(?!entitlement))/, 'authenticate'],
  [
    /\/gateway\/(stages\/decode|http\/(element-allowance|whole-body)|json\/(find|sent)-|protocols\/fields|protocols\/[\w-]+\/(read-|offer-|betas|top-level))/,
    'decode',
  ],
  [/\/gateway\/(stages\/policy|keys\/entitlement)/, 'policy'],
  [/\/gateway\/stages\/enforce-prompt/, 'enforce prompt'],
  [
    /\/gateway\/(json\/(write|json)-|stages\/route|stages\/translate|providers\/[\w-]+\/(write-|cache-)|model\/)/,
    'translate',
  ],
  [/\/gateway\/(stages\/(weigh|admit|refuse)|ledger\/(admission|account|refusal|rate))/, 'admit'],
  [/\/gateway\/(stages\/settle|ledger\/(booking|settlements|call-record|ledger))/, 'settle'],
  [/\/gateway\/ledger\//, 'admit and settle'],
  [/\/gateway\/store\/|\/node_modules\/pg[\w-]*\//, 'store client'],
  [/\/gateway\/(stages\/audit|log)/, 'log'],
  [/\/gateway\/(stages\/relay|providers\/(?!transport)|protocols\/)/, 'relay'],
  [/\/gateway\/providers\/transport|\/node_modules\/undici\//, 'HTTP client'],
  [/\/gateway\/(http\/|routes|pipeline|call-context)|^node:_http_/, 'HTTP server'],
];

/** Names that V8 gives to what is no function. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'runtime'],
]);
const OTHER = 'sockets and timers';

/** Largest first. */
export function shareOfParts({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): PartShare[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, string>();
  const assign = (node: Profiler.ProfileNode, inherited: string): void => {
    const { url, functionName } = node.callFrame;
    const part =
      functionName === IDLE
        ? IDLE
        : (OWN_NAMES.get(functionName) ?? PARTS.find(([file]) => file.test(url))?.[1] ?? inherited);
    parts.set(node.id, part);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) assign(child, part);
    }
  };
  if (nodes[0]) assign(nodes[0], OTHER);

  const micros = new Map<string, number>();
  samples.forEach((id, index) => {
    const part = parts.get(id) ?? OTHER;
    if (part !== IDLE) micros.set(part, (micros.get(part) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
  const all = [...micros.values()].reduce((sum, each) => sum + each, 0);
  return [...micros]
    .map(([part, each]) => ({ part, share: all === 0 ? 0 : each / all }))
    .sort((one, other) => other.share - one.share);
}
