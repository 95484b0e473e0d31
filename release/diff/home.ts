import type { Block } from '../../synth/form-rules/block';
import { codes } from '../code-span';
import type { Effect, Pair } from './effect';
import { forcesNew } from './force-new';
import { ignoresChanges } from './references';
import type { Template } from './template';

const DESTROYED =
  'TERRAFORM REPLACES THE VOLUME: EVERYTHING IN IT IS DESTROYED at the next build of each workspace.';

/** What a changed argument does to a volume, which holds what people keep. */
export function homeEffect({ before, after }: Pair, argument: string): Effect {
  if (argument === 'count' || argument === 'for_each') {
    return {
      severity: 'loses-data',
      says: 'IN A BUILD THAT COUNTS NONE THE VOLUME AND EVERYTHING IN IT IS DESTROYED; a stop build may be one.',
      todo: 'declare the volume once, without a condition',
    };
  }
  if (ignoresChanges(after, argument)) {
    return { severity: 'new-only', says: 'Volumes that exist stay as they are.' };
  }
  if (forcesNew(after.type, argument)) {
    return {
      severity: 'loses-data',
      says: DESTROYED,
      todo: ignoresChanges(before, argument)
        ? 'put ignore_changes = all back into its lifecycle'
        : 'give it lifecycle { ignore_changes = all }, so that volumes that exist stay as they are',
    };
  }
  return { severity: 'next-start', says: 'The volume is changed in place.' };
}

interface Mount {
  readonly path: string;
  /** What is mounted there. */
  readonly source: string;
}

function mountsOf(block: Block, template: Template): Mount[] {
  const body = ['volumes', 'mounts'].flatMap((type) => block.nested(type).map((nested) => nested.body));
  const meaning = (value: (typeof body)[number][string] | undefined): string =>
    template.references.meaningOf(value ?? null);
  return body.map((mount) => ({
    path: meaning(mount.container_path ?? mount.target),
    source: [mount.volume_name, mount.host_path, mount.source, mount.from_container].map(meaning).join(' '),
  }));
}

/** Whether people find something else, or nothing, where they had their files. */
export function mountEffect(pair: Pair, before: Template, after: Template): Effect | undefined {
  const now = new Map(mountsOf(pair.after, after).map(({ path, source }) => [path, source]));
  const lost = mountsOf(pair.before, before).filter(({ path, source }) => now.get(path) !== source);
  if (lost.length === 0) return undefined;
  return {
    severity: 'loses-data',
    says:
      `PEOPLE NO LONGER FIND THEIR FILES at ${codes(lost.map(({ path }) => path.replace(/^"|"$/g, '')))}: ` +
      'another volume or none is mounted there, and what is written outside of a volume is gone at each stop.',
    todo: 'mount the same volume at the same path',
  };
}
