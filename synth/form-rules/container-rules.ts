import type { Json } from '../hcl/expressions';
import { isPresent, literalText, nestedIn, shown, valuesAt } from './block';
import { normalDuration } from './duration';
import type { Rule } from './rule';

const about = 'resource docker_container';

/** Docker's provider takes megabytes; no host has as many as these, which are 128 MB if they are bytes. */
const SURELY_BYTES = 128 * 1024 * 1024;

const MEMORY = ['memory', 'memory_swap', 'memory_reservation', 'shm_size'];

/** A product that ends in bytes whatever it began with, unless something divides it again. */
const BYTES_PRODUCT =
  /(\*\s*10(24|00)\s*){2}|\*\s*(1048576|1073741824|1000000|1000000000)\b|\*\s*pow\s*\(\s*10(24|00)\s*,\s*[23]\b/;

const CAPABILITY = /^(ALL|CAP_[A-Z0-9_]+)$/;

const DURATIONS = ['interval', 'timeout', 'start_period', 'start_interval'];

/** What Docker's provider finds out only when it makes the container: at a build, not at a push. */
export const CONTAINER_RULES: readonly Rule[] = [
  {
    id: 'container/cpus',
    about,
    check: (container) => {
      const cpus = container.text('cpus');
      if (cpus === undefined || /^(\d+\.\d*[1-9]|\d+\.0)$/.test(cpus)) return undefined;
      return (
        `cpus must be a number with a point, such as "2.0" or "1.5", got ${shown(cpus)}: ` +
        'it reads back in that form, so any other is an error or a new container at each build, use format("%.1f", …)'
      );
    },
  },
  {
    id: 'container/command',
    about,
    check: (container) => {
      const command = container.get('command');
      return Array.isArray(command) && (command as readonly Json[]).includes('')
        ? 'command must hold no empty string: the build would fail'
        : undefined;
    },
  },
  {
    id: 'container/memory-unit',
    about,
    check: (container, stack) =>
      MEMORY.flatMap((argument) => {
        const value = container.get(argument);
        const isProduct = stack.expressions(container, { only: [argument] }).some(({ thing }) => {
          const source = thing.map(({ text }) => text).join(' ');
          return BYTES_PRODUCT.test(source) && !source.includes('/');
        });
        return Number(value) >= SURELY_BYTES || isProduct
          ? `${argument} must be in megabytes, got ${shown(value)}: read as such, bytes are no limit at all, ` +
              'write 2048 for two gigabytes'
          : [];
      }),
  },
  {
    id: 'container/memory-swap',
    about,
    check: (container) => {
      const memory = container.get('memory');
      return isPresent(memory) && memory !== 0 && !isPresent(container.get('memory_swap'))
        ? `memory_swap must be given with memory, got none: Docker fills it in and every build shows a change, ` +
            `use ${shown(memory)} for no swap`
        : undefined;
    },
  },
  {
    id: 'container/capabilities',
    about,
    check: (container) =>
      ['capabilities.add', 'capabilities.drop'].flatMap((at) =>
        valuesAt(container.body, at)
          .flat()
          .flatMap((value) => literalText(value) ?? [])
          .filter((name) => !CAPABILITY.test(name))
          .map(
            (name) =>
              `${at} must be "ALL" or names such as "CAP_CHOWN", got ${shown(name)}: it reads back in that form, ` +
              'so any other is a new container at each build',
          ),
      ),
  },
  {
    id: 'container/healthcheck-duration',
    about,
    check: (container) =>
      nestedIn(container.body, 'healthcheck').flatMap((healthcheck) =>
        DURATIONS.flatMap((argument) => {
          const text = literalText(healthcheck[argument]);
          const normal = text === undefined ? undefined : normalDuration(text);
          if (text === undefined || text === normal) return [];
          return normal === undefined
            ? `healthcheck.${argument} must be a duration such as "1m30s", got ${shown(text)}: the push would fail`
            : `healthcheck.${argument} must be written as Docker gives it back, got ${shown(text)}: ` +
                `every build would show a change, use "${normal}"`;
        }),
      ),
  },
];
