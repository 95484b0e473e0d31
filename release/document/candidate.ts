/** The document that is to be published: what catalog and policy say now, or a file of it. */
import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { CliError, UsageError } from '../../terminal/fault';
import { fileFault } from '../../terminal/file-fault';
import { saying } from '../../terminal/progress';
import { ROOT } from '../root';
import { Scratch } from '../scratch';
import { Synthesized } from '../synthesized';

/** Bytes: what the gateway takes in one request, with room for what goes with it. */
const LONGEST = 1000 * 1024;
const USUAL = 'contractor-workspace';
/** The platform as shipped, whose policy names gateways that speak TLS. */
const PLATFORM = join(ROOT, 'src', `platform${extname(__filename)}`);

export interface Candidate {
  /** As reports name it. */
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface CandidateWords {
  /** A template that has catalog and policy of its own. */
  readonly template?: string;
}

/**
 * @param platform whose program declares it, where neither a file nor a template is named
 * @throws CliError, UsageError that say why there is none
 */
export async function candidateOf(
  file: string | undefined,
  words: CandidateWords,
  platform?: { readonly program?: string },
): Promise<Candidate> {
  const { template } = words;
  if (file !== undefined && template !== undefined)
    throw new UsageError('--template is for what is synthesized now: leave out either it or the file.');
  if (file !== undefined) return { name: file, document: parse(file, read(file)) };
  const ofPlatform = template === undefined && platform !== undefined;
  const name = ofPlatform ? (platform.program ?? PLATFORM) : (template ?? USUAL);
  const text = await saying('Synthesizing catalog and policy as they are now', () =>
    Scratch.with(async (scratch) => {
      const synthesized = new Synthesized(scratch);
      return ofPlatform ? synthesized.document(name) : (await synthesized.template(name)).document;
    }),
  );
  if (text === undefined) throw new CliError(`"${name}" is synthesized without a document.`);
  return { name: 'now', document: parse(name, text) };
}

function read(file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UsageError(`${file} is no file.`);
    if (stat.size > LONGEST)
      throw new UsageError(
        `${file} has ${stat.size} bytes; a document for the gateway has at most ${LONGEST}.`,
      );
    return readFileSync(file, 'utf8');
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new UsageError(fileFault(fault) ?? `${file} cannot be read.`);
  }
}

function parse(name: string, text: string): Candidate['document'] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (fault) {
    throw new UsageError(
      `${name} holds no JSON: ${fault instanceof Error ? fault.message.slice(0, 200) : 'unknown reason'}`,
    );
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw new UsageError(`${name} holds no document: it must be a JSON object, as synth writes it.`);
  return parsed as Candidate['document'];
}
