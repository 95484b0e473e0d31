/** What the commands are told, as what is made of it; what they found, as people and programs read it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../terminal/fault';
import { fromNow } from '../terminal/figures';
import type { Column } from '../terminal/output';
import { outputOf } from '../terminal/output';
import { ensureCertificates, namesIn, type Certificates } from './ensure';
import { platformNames, type PlatformNames } from './names';
import { certificateFile } from './own';
import { siteOf, type SiteWords } from './site-words';
import { SYSTEMS, trustGuide, type System } from './trust';

export interface FolderWords {
  readonly folder: string;
  readonly json?: boolean;
}

export interface CertificateWords extends FolderWords, SiteWords {
  readonly accessUrl?: string;
  readonly wildcardAccessUrl?: string;
}

function namesFrom(words: CertificateWords, fallback: string | undefined): PlatformNames | undefined {
  const { accessUrl = fallback, wildcardAccessUrl } = words;
  if (words.tlsInFront) {
    if (words.accessUrl !== undefined || wildcardAccessUrl !== undefined)
      throw new UsageError(
        '--tls-in-front needs no --access-url and no --wildcard-access-url: Coder gets no certificate.',
      );
    return platformNames({});
  }
  if (accessUrl === undefined) {
    if (wildcardAccessUrl !== undefined)
      throw new UsageError('--wildcard-access-url needs --access-url beside it.');
    return undefined;
  }
  return platformNames({ accessUrl, ...(wildcardAccessUrl !== undefined && { wildcardAccessUrl }) });
}

/** @throws UsageError when there is nothing in the folder */
function namesAt({ folder }: FolderWords): PlatformNames {
  if (!existsSync(join(folder, certificateFile('gateway'))))
    throw new UsageError(
      `There are no certificates in ${folder}: "contractor-workspace certificates make" makes them.`,
    );
  return namesIn(folder);
}

export async function make(words: CertificateWords, fallbackUrl: string): Promise<void> {
  const site = siteOf(words);
  const names = namesFrom(words, fallbackUrl) ?? platformNames({});
  const made = ensureCertificates({ folder: words.folder, names, ...(site && { site }) });
  await tell(words, made);
  if (!words.json && made.authority?.done === 'made')
    outputOf(words).say(`\n${trustGuide(made)}\n\n"certificates show" says so again.`);
}

export async function renew(words: FolderWords): Promise<void> {
  await tell(
    words,
    ensureCertificates({ folder: words.folder, names: namesAt(words), renew: true, keepsTrusted: true }),
  );
}

/** @returns exit code: whether something has to be done */
export async function check(words: CertificateWords): Promise<number> {
  const site = siteOf(words);
  const named = namesFrom(words, undefined);
  const found = ensureCertificates({
    folder: words.folder,
    names: named ?? namesAt(words),
    isLooking: true,
    keepsTrusted: named === undefined && site === undefined,
    ...(site && { site }),
  });
  await tell(words, found, true);
  if (found.isChanged && !words.json)
    outputOf(words).say(
      'Something has to be made: "contractor-workspace certificates make" with the same options.',
    );
  return found.isChanged ? 1 : 0;
}

export interface ShowWords extends FolderWords {
  readonly for?: System;
}

export async function show(words: ShowWords): Promise<void> {
  const found = ensureCertificates({
    folder: words.folder,
    names: namesAt(words),
    isLooking: true,
    keepsTrusted: true,
  });
  const guide = trustGuide(found, words.for === undefined ? SYSTEMS : [words.for]);
  if (words.json) return outputOf(words).result({ ...found, trust: guide }, [], []);
  await tell(words, found, true);
  await outputOf(words).line(`\n${guide}`);
}

interface Row {
  readonly of: string;
  readonly names: readonly string[];
  readonly ends: string;
  readonly done: string;
  readonly file: string;
}

const columns = (isLooking: boolean): Column<Row>[] => [
  { name: 'certificate', value: (row) => row.of },
  { name: isLooking ? 'is' : 'was', value: ({ done }) => done },
  { name: 'ends', value: ({ ends }) => ends, shown: ({ ends }) => `${ends.slice(0, 10)}, ${fromNow(ends)}` },
  { name: 'file', value: ({ file }) => file, isWhole: true },
  { name: 'for', value: ({ names }) => names.join(' '), isWhole: true },
];

/** What would be done, as what there is. */
const STATES: Readonly<Record<string, string>> = {
  made: 'not there',
  renewed: 'to be renewed',
  kept: 'well',
};

async function tell(words: FolderWords, found: Certificates, isLooking = false): Promise<void> {
  const { authority, coder, gateway, warnings } = found;
  const state = (done: string): string => (isLooking ? (STATES[done] ?? done) : done);
  const rows: Row[] = [
    ...(authority
      ? [{ of: 'authority', names: authority.permits ?? [], file: authority.certificate, ...authority }]
      : []),
    ...(coder ? [{ of: 'Coder', file: coder.certificate, ...coder }] : []),
    { of: 'gateway', file: gateway.certificate, ...gateway },
  ].map(({ of, names, ends, done, file }) => ({ of, names, ends, done: state(done), file }));
  const output = outputOf(words);
  await output.result(found, columns(isLooking), rows);
  for (const { why, certificate } of [coder, gateway].flatMap((each) => each ?? []))
    if (why !== undefined) output.say(`${certificate}: ${isLooking ? 'to be made' : 'made'} anew (${why}).`);
  for (const warning of warnings) output.say(`Note: ${warning}.`);
}
