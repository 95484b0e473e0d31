import type { Block } from '../../synth/form-rules/block';
import { code } from '../code-span';
import type { Effect, Pair } from './effect';
import { forcesNew } from './force-new';
import { homeEffect, mountEffect } from './home';
import { lifecycleEffect } from './lifecycle';
import { META_ARGUMENTS } from './references';
import type { Template } from './template';

const NEW_CONTAINER: Effect = {
  severity: 'replaces',
  says: 'Terraform makes a new container: what lies outside of its volumes is gone, running programs end.',
};

const COUNTED_IMAGE: Effect = {
  severity: 'next-start',
  says: 'Terraform keeps what it has by another address. A build that counts none does without the image, as a stop may; what becomes of it on the Docker host is decided by keep_locally.',
};

const NEXT_START: Readonly<Record<string, string>> = {
  coder_agent: 'The agent is made anew, and with its token the container.',
  coder_app: 'The dashboard shows it from the next start on.',
  coder_env: 'Terminals, editors and scripts see it from the next start on.',
  coder_metadata: 'The dashboard shows it from the next start on.',
  coder_script: 'It runs from the next start on; what is running goes on as it is.',
  docker_container: 'The container is changed at the next start.',
  docker_image: 'The Docker host gets the image at the next start.',
};

/** What a changed argument of a resource does. */
export function effectOf(pair: Pair, argument: string, before: Template, after: Template): Effect {
  const { type } = pair.after;
  if (argument === 'lifecycle') return lifecycleEffect(pair, before);
  if (argument === 'depends_on') {
    return { severity: 'cosmetic', says: 'Terraform makes things in another order.' };
  }
  if (type === 'docker_volume') return homeEffect(pair, argument);
  if (type === 'docker_container' && ['volumes', 'mounts'].includes(argument)) {
    return mountEffect(pair, before, after) ?? NEW_CONTAINER;
  }
  if (type === 'docker_image' && argument === 'count') return COUNTED_IMAGE;
  const isNew = !META_ARGUMENTS.includes(argument) && forcesNew(type, argument);
  if (type === 'docker_container' && isNew) return NEW_CONTAINER;
  const says = NEXT_START[type] ?? unknownType(type, isNew);
  return { severity: type === 'coder_agent' ? 'replaces' : 'next-start', says };
}

const unknownType = (type: string, isNew: boolean): string =>
  isNew
    ? `Terraform may replace it (nothing is written down about ${code(type)}): what it holds would be gone.`
    : 'Terraform changes it at the next start.';

const REMOVED: Readonly<Record<string, string>> = {
  coder_app: 'Its button leaves the dashboard.',
  coder_env: 'The variable is no longer set.',
  coder_metadata: 'The dashboard no longer shows it.',
  coder_script: 'It no longer runs; what it wrote into the home folder stays there.',
  docker_image: 'Whether the image stays on the Docker host is decided by keep_locally.',
};

/** What follows when a resource is no longer declared, or under another address. */
export function removalEffect(block: Block): Effect {
  if (block.type === 'docker_volume') {
    return {
      severity: 'loses-data',
      says: 'THE VOLUME AND EVERYTHING IN IT IS DESTROYED at the next build of each workspace.',
      todo: 'give the new address a moved block, or keep the volume',
    };
  }
  if (block.type === 'docker_container') return NEW_CONTAINER;
  if (block.type === 'coder_agent') {
    return { severity: 'replaces', says: NEXT_START.coder_agent ?? '' };
  }
  return {
    severity: 'next-start',
    says: REMOVED[block.type] ?? 'Terraform destroys what it made, with all that is in it.',
  };
}

/** What follows when a resource is new. */
export function additionEffect(block: Block): Effect {
  if (block.type === 'docker_container' || block.type === 'coder_agent') {
    return { severity: 'next-start', says: 'Each workspace gets one more.' };
  }
  return { severity: 'next-start', says: NEXT_START[block.type] ?? 'Each workspace gets one.' };
}

const NAMED: Readonly<Record<string, { readonly noun: string; readonly by?: string }>> = {
  coder_agent: { noun: 'agent' },
  coder_app: { noun: 'app', by: 'display_name' },
  coder_env: { noun: 'environment variable', by: 'name' },
  coder_metadata: { noun: 'facts in the dashboard' },
  coder_script: { noun: 'script', by: 'display_name' },
  docker_container: { noun: 'container' },
  docker_image: { noun: 'image' },
  docker_network: { noun: 'network', by: 'name' },
  docker_volume: { noun: 'volume' },
};

/** A resource as a person would name it, and its address. */
export function nameOf(block: Block): string {
  const { noun, by } = NAMED[block.type] ?? { noun: block.kind };
  const own = by === undefined ? undefined : block.text(by);
  return `${noun} ${own === undefined ? '' : `${code(own)} `}(${code(block.address)})`;
}
