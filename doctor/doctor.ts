/** The operator's check of a running site: what is well, what is not, what could not be looked at, and what to do. */
import { coloursFor } from '../terminal/colours';
import { EXIT } from '../terminal/fault';
import { outputOf } from '../terminal/output';
import { counting } from '../terminal/progress';
import { forTerminal, withoutKeys } from '../terminal/terminal-text';
import { CHECKS } from './checks';
import { Facts, isUnreached, Refused, type DoctorWords } from './facts';
import type { Finding, Severity } from './finding';
import { goThrough } from './run';
import { siteOf, type SiteWords } from './site';

const LAST_MS = 12_000;

export interface Words extends SiteWords, DoctorWords {
  readonly json?: boolean;
}

/** @returns exit code @throws UsageError, CliError when it cannot be begun */
export async function doctor(words: Words): Promise<number> {
  const site = siteOf(words, process.env);
  const stop = AbortSignal.timeout(words.timeout * 1_000);
  const facts = new Facts(site, words, stop);
  const progress = counting(CHECKS.length, 'checks are done');
  let findings: readonly Finding[];
  try {
    findings = await goThrough(CHECKS, facts, () => progress.add());
  } finally {
    progress.end();
  }
  const output = outputOf(words);
  if (words.json)
    await output.result(
      {
        admin_url: site.admin.url,
        is_well: !findings.some(({ severity }) => severity === 'fault'),
        counts: countsOf(findings),
        findings: findings.map(({ check, severity, says, whatToDo }) => ({
          check,
          severity,
          says,
          what_to_do: whatToDo ?? null,
        })),
      },
      [],
      [],
    );
  else for (const line of linesOf(findings)) await output.line(line);
  const code = await exitCode(facts, findings);
  // What is still asked then is waited for no longer than it takes to end what was made for it.
  if (stop.aborted) setTimeout(() => process.exit(code), LAST_MS).unref();
  return code;
}

async function exitCode(facts: Facts, findings: readonly Finding[]): Promise<number> {
  const unasked = await Promise.race([
    facts.state().then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
    // Still being waited for: the time is over.
    new Promise<unknown>((over) => setTimeout(over, 0, 'silent')),
  ]);
  if (isUnreached(unasked) || unasked === 'silent') return EXIT.unreachable;
  if (unasked instanceof Refused && unasked.status === 401) return EXIT.refused;
  return findings.some(({ severity }) => severity === 'fault') ? EXIT.failed : EXIT.done;
}

const SEVERITIES: readonly Severity[] = ['fault', 'warning', 'note', 'ok', 'not checked'];
const COUNTED: readonly Severity[] = ['fault', 'warning', 'note'];
const WIDEST = 'not checked'.length;

const countsOf = (findings: readonly Finding[]): Record<string, number> =>
  Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity.replace(' ', '_'),
      findings.filter((each) => each.severity === severity).length,
    ]),
  );

function linesOf(findings: readonly Finding[]): string[] {
  const { red, yellow, green, dim, bold } = coloursFor(process.stdout);
  const colours = { fault: red, warning: yellow, note: bold, ok: green, 'not checked': dim };
  const plain = (text: string): string => withoutKeys(forTerminal(text));
  const line = (severity: Severity, check: string, { says, whatToDo }: Finding): string[] => [
    `${colours[severity](severity.padEnd(WIDEST))}  ${plain(check)}: ${plain(says)}`,
    ...(whatToDo === undefined ? [] : [`${' '.repeat(WIDEST)}  → ${plain(whatToDo)}`]),
  ];
  const counts = SEVERITIES.map((severity) => {
    const { length } = findings.filter((each) => each.severity === severity);
    return `${length} ${severity}${length !== 1 && COUNTED.includes(severity) ? 's' : ''}`;
  });
  // One reason often keeps many of them from being looked at.
  const unchecked = new Map<string, Finding[]>();
  for (const finding of findings)
    if (finding.severity === 'not checked')
      unchecked.set(finding.says, [...(unchecked.get(finding.says) ?? []), finding]);
  return [
    ...findings.flatMap((finding) =>
      finding.severity === 'not checked' ? [] : line(finding.severity, finding.check, finding),
    ),
    ...[...unchecked.values()].flatMap((all) => {
      const checks = [...new Set(all.map(({ check }) => check))].join(', ');
      return all.slice(0, 1).flatMap((first) => line('not checked', checks, first));
    }),
    '',
    counts.join(', '),
  ];
}
